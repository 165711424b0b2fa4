package exchange

import (
	"context"

	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/kmazs"
)

// serveExchange carries out exchg.flag: the exchange is begun, then answered, not
// ended (FL8).
func (o *Office) serveExchange(ctx context.Context, req *flagfile.Request) (done bool, err error) {
	begin := o.opts.Now()
	if res, err := req.Result(ctx); err == nil && res != nil {
		// Begun by an office that did not get to mark the request.
		if err := req.Finish(ctx); err != nil {
			return false, err
		}
		return true, nil
	}
	flag, err := req.File.Exchange()
	if err != nil {
		return o.refuse(ctx, req, begin, err)
	}
	list, err := kmazs.ParseStations(flag.Stations)
	if err != nil || !list.All && len(list.Numbers) == 0 {
		return o.refuse(ctx, req, begin, newError(CodeStations, "value", flag.Stations).because(err))
	}
	var stations []int // nil: all
	if !list.All {
		stations = list.Numbers
	}
	if err := o.importer.Exchange(ctx, stations); err != nil {
		return o.failed(ctx, req, begin, err)
	}
	o.opts.Logger.Info("exchange begun", "stations", list.String())
	return o.finish(ctx, req, begin, false, "")
}
