package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/receipt"
)

// dryRun prints the commands that a sale would send (M72).
func dryRun(ctx context.Context, s *settings, stdout, stderr io.Writer) int {
	blocks, err := askAll(ctx, s, stderr)
	if err != nil {
		return explain(stderr, bad("-permit: %v", err))
	}
	checks, plan, err := receipt.DryRun(s.receipt, receipt.Device{}, func(i int) *receipt.Industry { return blocks[i] })
	if problems, ok := errors.AsType[receipt.Problems](err); ok {
		return explain(stderr, problemLines(s.file, problems))
	}
	if err != nil {
		return explain(stderr, bad("%v", err))
	}
	if _, err := stdout.Write(plan.AppendListing(receipt.AppendChecks(nil, checks))); err != nil {
		fmt.Fprintln(stderr, "marking-sale:", err)
		return exitRefused
	}
	return exitSold
}

// dryStorage stands for the number of a fiscal storage that a dry run does not know.
const dryStorage = "0000000000000000"

// askAll asks the permit check about all marks; it changes nothing there.
func askAll(ctx context.Context, s *settings, stderr io.Writer) (map[int]*receipt.Industry, error) {
	blocks := map[int]*receipt.Industry{}
	c, err := s.permits.open(ctx, s.limit, dryStorage, stderr)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if c.chain == nil {
		return blocks, nil
	}
	for i, it := range s.receipt.Items {
		code, err := marking.Read(string(it.Mark), nil)
		if it.Mark == "" || err != nil {
			continue
		}
		cost, _ := it.Cost()
		it = it.Completed(s.receipt.Type)
		v := c.chain.Check(ctx, permit.Query{
			Mark: code, Group: it.Group, Price: int64(cost), Operation: permit.Operation(s.receipt.Type), Partial: it.Status.Measured(),
		})
		block, ok := v.Industry(permit.IndustrySettings{})
		switch {
		case v.Refusal != nil:
			fmt.Fprintf(stderr, "item %d (%s): the permit check refuses: %s\n", i+1, it.Name, v.Refusal.Message("ru"))
		case ok:
			blocks[i] = new(receipt.Industry(block))
		default:
			fmt.Fprintf(stderr, "item %d (%s): no tags 1262 to 1265, permit check: %s\n", i+1, it.Name, v.Outcome)
		}
	}
	return blocks, nil
}
