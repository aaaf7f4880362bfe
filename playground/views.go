package playground

// views are the views, in the order of the page. A new one is added here.
var views = []*View{&schedView, &chanqView, &locksView, &gcView, &pacerView, &allocView, &slicegrowView, &layoutView, &gomapView, &ctxtreeView, &raceView, &epollsimView, &escapeView, &runesView, &ifaceView, &lbView}

func viewOf(id string) *View {
	for _, v := range views {
		if v.ID == id {
			return v
		}
	}
	return nil
}
