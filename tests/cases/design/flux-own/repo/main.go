package main

import (
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	if http.ListenAndServe(":"+os.Getenv("PORT"), nil) != nil {
		os.Exit(1)
	}
}
