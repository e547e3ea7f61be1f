@GetMapping("/")
