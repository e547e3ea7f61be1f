using Signalbox.Audit.Helm.Templates;

namespace Signalbox.Tests.Audit.Helm;

/// <summary>Go's templates with Sprig and Helm: what each writes, as Go's documentation and Sprig's say.</summary>
public sealed class TemplateTests
{
    [Theory]
    [InlineData("a {{- 1 -}} b", "a1b")]
    [InlineData("a {{ 1 }} b", "a 1 b")]
    [InlineData("a {{- /* said */ -}} b", "ab")]
    [InlineData("{{ \"}}\" }}", "}}")]
    [InlineData("{{ .name }} {{ .none }}|{{ .deep.list | len }}", "web |2")]
    [InlineData("{{ $x := .name }}{{ $x }}{{ $x = \"b\" }}{{ $x }}", "webb")]
    [InlineData("{{ if and .name (not .none) }}yes{{ else }}no{{ end }}", "yes")]
    [InlineData("{{ if .none }}1{{ else if eq .name \"web\" }}2{{ else }}3{{ end }}", "2")]
    [InlineData("{{ with .deep }}{{ .list | join \",\" }}{{ $.name }}{{ end }}", "a,bweb")]
    [InlineData("{{ with .none }}1{{ else }}2{{ end }}", "2")]
    [InlineData("{{ range $i, $v := .deep.list }}{{ $i }}={{ $v }};{{ end }}", "0=a;1=b;")]
    [InlineData("{{ range $k, $v := .map }}{{ $k }}{{ $v }} {{ end }}", "a1 b2 ")]
    [InlineData("{{ range .none }}x{{ else }}none{{ end }}", "none")]
    [InlineData("{{ range .deep.list }}{{ if eq . \"b\" }}{{ break }}{{ end }}{{ . }}{{ end }}", "a")]
    [InlineData("{{ range .deep.list }}{{ if eq . \"a\" }}{{ continue }}{{ end }}{{ . }}{{ end }}", "b")]
    [InlineData("{{ define \"x\" }}<{{ . }}>{{ end }}{{ template \"x\" .name }}{{ include \"x\" 1 | quote }}", "<web>\"<1>\"")]
    [InlineData("{{ printf \"%s-%d %q %05d|%-4s|\" .name 3 \"a\" 42 \"x\" }}", "web-3 \"a\" 00042|x   |")]
    [InlineData("{{ .name | trunc 2 | trimSuffix \"e\" | upper }}", "W")]
    [InlineData("{{ default \"d\" .none }}{{ .name | default \"d\" }}{{ ternary 1 2 true }}{{ coalesce .none \"\" \"c\" }}", "dweb1c")]
    [InlineData("{{ toYaml .map | nindent 2 }}", "\n  a: 1\n  b: 2")]
    [InlineData("{{ toYaml .deep }}", "list:\n- a\n- b")]
    [InlineData("{{ list \"true\" \"1\" \"a b\" \"x: y\" | toYaml }}", "- \"true\"\n- \"1\"\n- a b\n- 'x: y'")]
    [InlineData("{{ dict \"a\" (dict \"b\" nil) \"c\" (list) | toYaml }}", "a:\n  b: null\nc: []")]
    [InlineData("{{ toJson .map }}", "{\"a\":1,\"b\":2}")]
    [InlineData("{{ \"a-b\" | replace \"-\" \"_\" }}{{ contains \"b\" \"abc\" }}{{ regexReplaceAll \"[0-9]+\" \"a1b22\" \"-\" }}", "a_btruea-b-")]
    [InlineData("{{ b64enc \"ab\" }}{{ \"YWI=\" | b64dec }}", "YWI=ab")]
    [InlineData("{{ semverCompare \">=1.19-0\" \"v1.34.0\" }}{{ semverCompare \"<1.21\" \"1.34.0\" }}{{ semverCompare \"^1.2.0 || ~2.1\" \"2.1.9\" }}", "truefalsetrue")]
    [InlineData("{{ 0x10 }} {{ 0x1p10 }} {{ 1e3 }} {{ -2 }} {{ 'a' }}", "16 1024 1000 -2 97")]
    [InlineData("{{ add 1 2 }}{{ sub 5 1 }}{{ mul 2 3 }}{{ div 7 2 }}{{ mod 7 4 }}{{ int \"8\" }}", "346338")]
    [InlineData("{{ index .deep.list 1 }}{{ index .map \"a\" }}{{ hasKey .map \"z\" }}{{ get .map \"b\" }}", "b1false2")]
    [InlineData("{{ dig \"a\" \"b\" \"no\" (dict \"a\" (dict \"b\" 1)) }}{{ dig \"x\" \"no\" .map }}", "1no")]
    [InlineData("{{ $m := merge (dict \"a\" 9) .map }}{{ $m.a }}{{ $m.b }}", "92")]
    [InlineData("{{ tpl \"{{ .name }}!\" . }}", "web!")]
    [InlineData("{{ kindIs \"map\" .map }}{{ kindIs \"slice\" .deep.list }}{{ kindIs \"string\" .name }}{{ kindIs \"invalid\" .none }}", "truetruetruetrue")]
    [InlineData("{{ until 3 }}{{ untilStep 0 6 2 }}", "[0 1 2][0 2 4]")]
    [InlineData("{{ lookup \"v1\" \"Secret\" \"a\" \"b\" }}", "map[]")]
    [InlineData("{{ eq 1 1.0 }}{{ ne .name \"x\" }}{{ lt 1 2 }}{{ eq .name \"a\" \"web\" }}{{ or .none 3 }}", "truetruetruetrue3")]
    public void Text_IsWhatGoWrites(string template, string expected) => Assert.Equal(expected, Render(template).Text);

    [Theory]
    [InlineData("{{ randAlphaNum 8 }}")]
    [InlineData("{{ (genCA \"a\" 1).Cert }}")]
    [InlineData("{{ include \"library.name\" . }}")]
    [InlineData("{{ .none.deep }}")]
    [InlineData("{{ required \"say it\" .none }}")]
    [InlineData("{{ nobodysFunction 1 }}")]
    [InlineData("{{ add .map 1 }}")]
    [InlineData("{{ index .deep.list 9 }}")]
    [InlineData("{{ regexMatch \"(\" \"a\" }}")]
    [InlineData("{{ eq (randAlpha 3) \"abc\" }}")]
    [InlineData("{{ if randAlpha 3 }}a{{ else }}b{{ end }}")]
    [InlineData("{{ or .none (randAlpha 3) }}")]
    [InlineData("{{ default 1 (randAlpha 3) }}")]
    [InlineData("{{ range randAlpha 3 }}a{{ end }}")]
    [InlineData("{{ template \"library.labels\" . }}")]
    [InlineData("{{ not (now) }}")]
    [InlineData("{{ $x := 1 -}} {{- if randAlpha 3 -}} {{- if true }}{{ $x = 2 }}{{ end -}} {{- end -}} {{ $x }}")]
    public void WhatCannotBeKnown_IsAMark(string template) => Assert.True(Unknown.IsAll(Render(template).Text), Render(template).Text);

    [Theory]
    [InlineData("{{ and .none (randAlpha 3) }}", "")]
    [InlineData("{{ or .name (randAlpha 3) }}", "web")]
    public void WhatIsKnownAllTheSame_IsWritten(string template, string expected) => Assert.Equal(expected, Render(template).Text);

    [Fact]
    public void PartOfAText_ThatIsNotKnown_LeavesTheRest() => Assert.Matches("^\"web-.+\"$", Render("{{ printf \"%s-%s\" .name (randAlpha 3) | quote }}").Text);

    [Theory]
    [InlineData("{{ if .a }}")]
    [InlineData("{{ end }}")]
    [InlineData("{{ .a")]
    [InlineData("{{ \"a }}")]
    [InlineData("{{ (.a }}")]
    [InlineData("{{ /* a }}")]
    [InlineData("{{ . | }}")]
    [InlineData("{{ define \"a\" }}")]
    public void BrokenTemplate_IsRefused(string template) => Assert.Throws<TemplateException>(() => TemplateParser.Parse(template));

    [Theory]
    [InlineData("{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}")]
    [InlineData("{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}")]
    [InlineData("{{ range until 9999 }}{{ range until 9999 }}{{ range until 9999 }}a{{ end }}{{ end }}{{ end }}")]
    [InlineData("{{ $x := \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" }}{{ range until 999 }}{{ $x = printf \"%s%s\" $x $x }}{{ end }}")]
    [InlineData("{{ repeat 999999999 \"ab\" }}")]
    [InlineData("{{ until 999999999 }}")]
    [InlineData("{{ $d := dict }}{{ $e := set $d \"self\" $d }}{{ toYaml $d }}")]
    [InlineData("{{ $d := dict }}{{ $e := set $d \"self\" $d }}{{ deepCopy $d }}")]
    [InlineData("{{ $d := dict }}{{ $e := set $d \"self\" $d }}{{ eq $d $d }}")]
    [InlineData("{{ $l := list 1 }}{{ range until 40 }}{{ $l = list $l $l $l }}{{ end }}{{ toJson $l }}")]
    [InlineData("{{ $l := list 1 }}{{ range until 40 }}{{ $l = list $l $l $l }}{{ end }}{{ $l }}")]
    [InlineData("{{ tpl \"{{ end }}\" . }}")]
    public void TemplateWithoutEnd_IsGivenUp(string template) => Assert.Throws<TemplateException>(() => Render(template));

    [Fact]
    public void DeepNesting_IsRefused()
    {
        Assert.Throws<TemplateException>(() => TemplateParser.Parse(string.Concat(Enumerable.Repeat("{{ if 1 }}", 5000)) + string.Concat(Enumerable.Repeat("{{ end }}", 5000))));
        Assert.Throws<TemplateException>(() => TemplateParser.Parse("{{ " + new string('(', 5000) + "1" + new string(')', 5000) + " }}"));
    }

    [Fact]
    public void Places_AreThoseOfTheTemplate()
    {
        const string template = "a: {{ .name }}\n{{ if .map }}b: c\n{{ end }}";
        var output = Render(template);
        Assert.Equal("a: web\nb: c\n", output.Text);
        var name = output.Source(new(output.Text.IndexOf("web", StringComparison.Ordinal), output.Text.IndexOf("web", StringComparison.Ordinal) + 3));
        Assert.Equal("{{ .name }}", template[name.Start..name.End]);
        var text = output.Source(new(output.Text.IndexOf("b: c", StringComparison.Ordinal), output.Text.IndexOf("b: c", StringComparison.Ordinal) + 4));
        Assert.Equal("b: c", template[text.Start..text.End]);
    }

    private static TemplateOutput Render(string template)
    {
        var parsed = TemplateParser.Parse(template);
        return new TemplateRun(parsed.Defines).Render(parsed.Nodes, new(StringComparer.Ordinal)
        {
            ["name"] = "web",
            ["map"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["a"] = 1L, ["b"] = 2L },
            ["deep"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["list"] = new List<object?> { "a", "b" } },
        });
    }
}
