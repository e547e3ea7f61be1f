kubectl --namespace shop create secret generic web-root --from-literal=password="$1"
