package main

import (
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/healthz", ok)
	http.ListenAndServe(":"+os.Getenv("PORT"), nil)
}
