package main

import "context"

func playUsers(ctx context.Context, s *stage) error {
	return nil
}
