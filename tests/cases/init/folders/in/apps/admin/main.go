package main

func main() {
	http.ListenAndServe(":3000", nil)
}
