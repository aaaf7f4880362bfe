package lblive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/lb"
)

// nginxMethods are the configuration lines that select the method of an upstream.
var nginxMethods = map[lb.Method]string{
	lb.SmoothMethod:    "",
	lb.LeastConnMethod: "least_conn;",
	lb.IPHashMethod:    "ip_hash;",
	lb.HashMethod:      "hash $uri;",
	lb.KetamaMethod:    "hash $uri consistent;",
}

// startNginx starts an nginx with one worker: without a master it cannot inherit a socket (it
// crashes in event/ngx_event.c:ngx_event_process_init).
func startNginx(ctx context.Context, dir string, c Case) (*balancer, error) {
	line, ok := nginxMethods[c.Method]
	if !ok {
		return nil, fmt.Errorf("lblive: nginx has no %v", c.Method)
	}
	b, err := launch(ctx, dir, "nginx", func(addr string) string {
		var u strings.Builder
		for i, s := range c.Servers() {
			fmt.Fprintf(&u, "    server %s weight=%d max_fails=%d fail_timeout=%ds max_conns=%d", s.Name, s.Weight, s.MaxFails, s.FailTimeout/time.Second, s.MaxConns)
			if slices.Contains(c.Down, i) {
				u.WriteString(" down")
			}
			u.WriteString(";\n")
		}
		return fmt.Sprintf(`daemon off;
user root;
pid nginx.pid;
error_log stderr emerg;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  upstream u {
    %s
%s  }
  server {
    listen %s;
    location / { proxy_pass http://u; }
  }
}
`, line, u.String(), addr)
	}, "-p", dir, "-c", "nginx.conf", "-e", "stderr")
	if err == nil {
		b.admin = func(string) error { return errors.New("lblive: nginx cannot be told") }
	}
	return b, err
}
