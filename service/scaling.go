package service

import (
	"time"

	"github.com/orrery-go/orrery/lb"
	"github.com/orrery-go/orrery/service/autoscale"
)

// period reports how often a service decides how many instances it has.
func (v *server) period() time.Duration {
	if d := v.service.Autoscale.Every; d > 0 {
		return d
	}
	return 15 * time.Second
}

// spend has the time pass for the workers of an instance of a service that scales.
func (n *instance) spend(v *server, now time.Duration) {
	if v.scaler != nil {
		n.spent += time.Duration(n.busy) * (now - n.changed)
		n.changed = now
	}
}

// scale decides how many instances a service has from now on.
func (s *Sim) scale(v *server) {
	p := autoscale.Pods{Current: v.replicas}
	for i := range v.replicas {
		n := &v.instances[i]
		n.spend(v, s.now)
		if !n.ready {
			p.NotReady++
			continue
		}
		p.Values = append(p.Values, float64(n.spent)/(float64(v.period())*float64(v.workers)))
		n.spent = 0
	}
	s.plan(v.period(), scale, int32(v.number), 0)
	if len(p.Values) == 0 {
		return
	}
	o, err := v.scaler.Scale(s.now, p)
	if err != nil {
		s.note(err)
		return
	}
	if o.Replicas != v.replicas && s.tracing() {
		s.event(Event{Kind: Scaled, Rule: "autoscale", Service: v.service.Name, Replicas: o.Replicas})
	}
	for ; v.replicas < o.Replicas; v.replicas++ {
		s.plan(v.service.Autoscale.Start, start, int32(v.number), uint32(v.replicas))
	}
	for ; v.replicas > o.Replicas; v.replicas-- {
		n := &v.instances[v.replicas-1]
		if n.ready && v.pool != nil {
			s.note(v.pool.SetState(lb.Backend(v.replicas-1), lb.Drain))
		}
		n.ready = false
	}
}

// start makes an instance ready, if it still is to be there.
func (s *Sim) start(v *server, instance int) {
	n := &v.instances[instance]
	if instance >= v.replicas || n.ready {
		return
	}
	n.ready, n.changed, n.spent = true, s.now, 0
	if v.pool != nil {
		s.note(v.pool.SetState(lb.Backend(instance), lb.Up))
	}
	if s.tracing() {
		s.event(Event{Kind: Ready, Rule: "autoscale", Service: v.service.Name, Instance: instance})
	}
}
