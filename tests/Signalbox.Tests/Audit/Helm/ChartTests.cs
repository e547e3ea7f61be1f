using CsCheck;
using Signalbox.Audit;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;
using static Signalbox.Tests.Audit.PolicyTests;

namespace Signalbox.Tests.Audit.Helm;

/// <summary>Charts: which templates are rendered with what, and what is said of what is not known.</summary>
public sealed class ChartTests
{
    private static readonly string[] s_pieces =
    [
        "{{", "}}", "{{-", "-}}", "{{ if .Values.a }}", "{{ else }}", "{{ end }}", "{{ range .Values.l }}", "{{ toYaml .Values | nindent 4 }}", "{{ include \"x\" . }}", "{{ define \"x\" }}", "(", ")", "|", "\"", "`", "$x := 1", "$x", ".Values.a.b",
        "printf \"%d\" 1", "apiVersion: v1\n", "kind: Pod\n", "spec:\n", "  containers:\n", "  - name: a\n", "---\n", "\n", ": ", "- ", "\uE000", "\uE0001\uE001", "{{ randAlpha 1 }}", "{{ tpl .Values.t . }}", "{{ .Files.Get \"values.yaml\" }}", "\0", "\t",
    ];

    private const string Deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n";

    /// <summary>Templates of a chart that is not vendored say what stands in a text: it is one, whatever it says.</summary>
    [Theory]
    [InlineData("{{- include \"common.render\" . | nindent 4 }}")]
    [InlineData("{{ include \"common.render\" . }}")]
    [InlineData("{{- if .Capabilities.APIVersions.Has (include \"common.render\" .) }}\n    a\n    {{- end }}")]
    public void Text_ThatIsNotKnown_IsFollowed(string action)
    {
        var found = new Auditor(new(RuleTable.All)).Run([
            File("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"), File("values.yaml", "a: 1\n"),
            File("templates/a.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: |\n    {action}\n"),
            File("templates/b.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\ndata:\n  a: |-\n    {action}\n  b: x\n"),
        ]);
        Assert.DoesNotContain(found.Findings, f => f.Rule.Id == "unfollowed-template");
    }

    [Fact]
    public void Subchart_IsGivenWhatTheChartAboveItSays()
    {
        var image = Assert.Single(Objects(
            ("app/Chart.yaml", "name: app\ndependencies: [{ name: db, alias: store }]\n"),
            ("app/values.yaml", "global: { registry: r.example.com }\nstore: { image: { tag: '2' } }\n"),
            ("app/charts/db/Chart.yaml", "name: db\n"),
            ("app/charts/db/values.yaml", "image: { name: pg, tag: '1' }\n"),
            ("app/charts/db/templates/db.yaml", Deployment + "          image: {{ .Values.global.registry }}/{{ .Values.image.name }}:{{ .Values.image.tag }}\n"))).Pod!.All[0].Image;
        Assert.Equal("r.example.com/pg:2", image);
    }

    [Theory]
    [InlineData("db: { enabled: false }\n", 0)]
    [InlineData("db: { enabled: true }\n", 1)]
    [InlineData("{}\n", 1)]
    public void Subchart_ThatIsSwitchedOff_IsNotThere(string values, int expected) => Assert.Equal(expected, Objects(
        ("Chart.yaml", "name: app\ndependencies: [{ name: db, condition: db.enabled }]\n"), ("values.yaml", values),
        ("charts/db/Chart.yaml", "name: db\n"), ("charts/db/templates/db.yaml", Deployment)).Count);

    [Fact]
    public void Library_IsNoInstallation_ButItsTemplatesAreKnown()
    {
        var objects = Objects(
            ("app/Chart.yaml", "name: app\ndependencies: [{ name: lib, repository: 'file://../lib' }]\n"), ("app/templates/web.yaml", "{{ include \"lib.web\" . }}"),
            ("lib/Chart.yaml", "name: lib\ntype: library\n"), ("lib/templates/_web.yaml", "{{ define \"lib.web\" }}\n" + Deployment + "{{ end }}"), ("lib/templates/own.yaml", Deployment));
        Assert.Equal("web", Assert.Single(objects).Name);
    }

    /// <summary>A helper and the template beside it may give a label each: Kubernetes takes the last.</summary>
    [Fact]
    public void LabelThatIsGivenTwice_IsTheLastOne()
    {
        var web = Assert.Single(Objects(
            ("Chart.yaml", "name: web\nversion: 1.0.0\n"),
            ("templates/_helpers.tpl", "{{- define \"l\" -}}\nname: web\ntier: front\n{{- end -}}"),
            ("templates/web.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels:\n    {{- include \"l\" . | nindent 4 }}\n    name: other\nspec: { replicas: 2 }\n")));
        Assert.Equal(("other", "front"), (web.Root.Get("metadata", "labels").Text("name"), web.Root.Get("metadata", "labels").Text("tier")));
        Assert.Equal(2, web.Spec.Number("replicas"));
    }

    /// <summary>As Go writes it, what a value says in quotes is a template still.</summary>
    [Fact]
    public void TemplatesWithinValues_AreFollowed()
    {
        var web = Assert.Single(Objects(
            ("Chart.yaml", "name: web\nversion: 1.0.0\n"),
            ("values.yaml", "affinity: { topologyKey: host, app: '{{ template \"web.name\" . }}', it's: \"it's {{ .Chart.Name }}\", number: '1' }\n"),
            ("templates/_helpers.tpl", "{{- define \"web.name\" -}}\n{{ .Chart.Name }}\n{{- end -}}"),
            ("templates/web.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  {{- tpl (toYaml .Values.affinity) . | nindent 2 }}\n")));
        Assert.Equal(("web", "it's web", "1"), (web.Spec.Text("app"), web.Spec.Text("it's"), web.Spec.Text("number")));
    }

    [Fact]
    public void NamesOfAChart_AreThoseOfItsHelpers()
    {
        var service = Assert.Single(Objects(
            ("c/Chart.yaml", "name: shop\nversion: 1.2.3\nappVersion: '7'\n"),
            ("c/templates/_helpers.tpl", "{{- define \"shop.fullname\" -}}\n{{- $name := default .Chart.Name .Values.nameOverride }}\n{{- if contains $name .Release.Name }}{{ .Release.Name }}{{ else }}{{ printf \"%s-%s\" .Release.Name $name | trunc 63 | trimSuffix \"-\" }}{{ end }}\n{{- end }}\n{{- define \"shop.labels\" -}}\nchart: {{ .Chart.Name }}-{{ .Chart.Version }}\n{{- if .Chart.AppVersion }}\nversion: {{ .Chart.AppVersion | quote }}\n{{- end }}\n{{- end }}"),
            ("c/templates/service.yaml", "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ include \"shop.fullname\" . }}\n  labels:\n    {{- include \"shop.labels\" . | nindent 4 }}\nspec: {}\n")));
        Assert.Equal("release-name-shop", service.Name);
        Assert.Equal(new Dictionary<string, string> { ["chart"] = "shop-1.2.3", ["version"] = "7" }, LabelSelector.Labels(service.Metadata is Signalbox.Yaml.YamlMapping map ? map.Find("labels")!.Value : null));
    }

    [Fact]
    public void WhatIsNotKnown_IsNoFinding()
    {
        SourceFile[] chart =
        [
            File("Chart.yaml", "name: app\ndependencies: [{ name: common, repository: 'https://charts.example.com' }]\n"),
            File("templates/web.yaml", Deployment + "          image: {{ include \"common.image\" . }}\n          securityContext: {{- include \"common.context\" . | nindent 12 }}\n      hostNetwork: {{ include \"common.host\" . }}\n      serviceAccountName: {{ include \"common.account\" . }}\n"),
            File("templates/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  selector: {{- include \"common.labels\" . | nindent 4 }}\n"),
            File("templates/route.yaml", "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec:\n  tls: [{}]\n  rules: [{ http: { paths: [{ backend: { service: { name: other, port: { number: 80 } } } }] } }]\n"),
        ];
        Assert.DoesNotContain(new Auditor(new(RuleTable.All)).Run(chart).Findings, f => f.Rule.Id is not ("unsafe-ingress-annotation" or "service-account-token-mounted"));
    }

    [Theory]
    [InlineData("a: {{ if }}\n", 1)]
    [InlineData("a: 1\nb: {{ .Values.x\n", 2)]
    [InlineData("apiVersion: v1\nkind: Service\n  broken: {{ 1 }}\n", 3)]
    [InlineData("{{ repeat 100000000 \"a\" }}", 1)]
    public void TemplateThatIsNotFollowed_IsOneNotice(string template, int line)
    {
        var finding = Assert.Single(new Auditor(new(RuleTable.All)).Run([File("Chart.yaml", "name: a\n"), File("templates/a.yaml", template)]).Findings);
        Assert.Equal(("unfollowed-template", RuleSeverity.Info), (finding.Rule.Id, finding.Severity));
        Assert.InRange(finding.Locations[0].Line, 1, line);
    }

    [Fact]
    public void ValueOfWhoeverInstallsIt_IsNoSecretInGit()
    {
        const string secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringData:\n  password: {{ .Values.password | quote }}\n";
        SourceFile[] chart = [File("Chart.yaml", "name: a\n"), File("values.yaml", "password: s3cr3t-of-mine\n"), File("templates/a.yaml", secret), File("templates/b.yaml", secret.Replace("{{ .Values.password | quote }}", "pa55-w0rd", StringComparison.Ordinal))];
        Assert.Equal("templates/b.yaml", Assert.Single(new Auditor(new([RuleTable.Find("plaintext-secret-manifest")!])).Run(chart).Findings).Locations[0].Path);
    }

    /// <summary>Whatever pieces of templates stand together, the audit ends without an exception.</summary>
    [Fact]
    public void AnyTemplate_IsSurvived() => Gen.Int[0, s_pieces.Length - 1].Array[0, 24].Sample(chosen =>
        {
            var result = new Auditor(new(RuleTable.All)).Run([File("Chart.yaml", "name: a\n"), File("values.yaml", "a: 1\nl: [1, 2]\nt: '{{ .Values.a }}'\n"), File("templates/a.yaml", string.Concat(chosen.Select(i => s_pieces[i])))]);
            Assert.All(result.Findings, f => Assert.True(f.Locations[0].Line > 0));
        }, iter: 2000);

    private static IReadOnlyList<KubernetesObject> Objects(params (string Path, string Text)[] files) =>
        [.. new Auditor(new([])).Run([.. files.Select(f => File(f.Path, f.Text))]).Repository.All<KubernetesObject>().Select(o => o.Document)];
}
