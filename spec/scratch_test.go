package spec
import ("testing";"time";"fmt")
func TestScratch(t *testing.T) {
	for _, text := range []string{
		`locals { a = 1e5000000 }`, `locals { a = 1e500000000 }`, `locals { a = 1e2147483647 }`, "pool \"fast\" {\n driver = \"dir\"\n config = { size = 1e500000000 }\n}",
		"pool \"fast\" {\n driver = \"dir\"\n volume \"a\" {\n for_each = { for n in range(1e5) : n => n }\n name = each.key\n}\n}",
		`locals { a = toset([for p in setproduct(range(1024), range(97)) : "${p[0]}-${p[1]}"]) }`,
		`locals { a = "${1e5000000}" }`,
		`locals { a = "${1e-5000000}" }`,
		`locals { a = "${1e50000000}" }`,
	} {
		start := time.Now()
		_, d := Load(nil, Options{Dir: write(t, map[string]string{"a.hcl": text})})
		fmt.Println(time.Since(start), len(d), text[:min(len(text),90)])
	}
}
