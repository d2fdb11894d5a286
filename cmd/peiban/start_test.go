package main

import (
	"testing"

	"peiban/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
