package main

var addr = flag.String("addr", ":9000", "where to listen")

func main() {
	http.ListenAndServe(*addr, nil)
}
