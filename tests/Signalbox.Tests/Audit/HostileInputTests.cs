using System.Diagnostics;
using Signalbox.Audit;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;
using static Signalbox.Tests.Audit.PolicyTests;

namespace Signalbox.Tests.Audit;

/// <summary>What is written to be followed for ever is followed for a moment.</summary>
public sealed class HostileInputTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(10);

    private static string Times(int count, string text) => string.Concat(Enumerable.Repeat(text, count));

    public static TheoryData<string, string> Scripts => new()
    {
        { "azure-pipelines.yml", $"variables:\n{string.Concat("abcdefgh".Select((c, i) => $"  {c}: '{Times(20, $"$({(char)('a' + (i + 1) % 8)})")}'\n"))}steps:\n  - script: echo $(a)\n" },
        { ".gitlab-ci.yml", $"variables:\n{string.Concat("ABCDEFGH".Select((c, i) => $"  {c}: '{Times(20, $"${(char)('A' + (i + 1) % 8)} ")}'\n"))}a:\n  script:\n    - eval \"$A\"\n" },
        { ".github/workflows/ci.yml", Workflow($"X={Times(7_000, "$(echo ")}a{Times(7_000, ")")}") },
        { ".github/workflows/ci.yml", Workflow("X=$(" + Times(15_000, "jq .a|") + "jq .a)") },
        { ".github/workflows/ci.yml", Workflow(Times(5_000, "{ ") + "X=1\n" + Times(4_000, "X=$X$X;") + Times(5_000, " }\n")) },
    };

    private static string Workflow(string line) =>
        $"on: pull_request_target\njobs:\n  a:\n    runs-on: x\n    steps:\n      - id: s\n        run: |\n          {line.Replace("\n", "\n          ", StringComparison.Ordinal)}\n          echo \"x=$X\" >> $GITHUB_OUTPUT\n      - run: echo ${{{{ steps.s.outputs.x }}}}\n";

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_IsFollowedForAMoment(string name, string text) => Run(File(name, text));

    [Fact]
    public void Kustomizations_ThatAllNameTheNext_AreFollowedForAMoment()
    {
        var patch = "patches:\n  - target: { kind: Deployment }\n    patch: '[{ op: add, path: /spec/a, value: 1 }]'\n";
        Run([.. Layers(5, 1, 1_000, patch), Web("l0-0/web.yaml")]);
        Run([.. Layers(16, 10, 1, patch), Web("l0-0/web.yaml")]);
    }

    [Fact]
    public void PatchFile_ThatIsNamedThousandsOfTimes_IsReadOnce()
    {
        var operations = $"[{string.Join(',', Enumerable.Repeat("{ op: test, path: /a, value: 1 }", 20_000))}]";
        Run(Web("web.yaml"), File("patch.yaml", operations), File("kustomization.yaml", "resources: [web.yaml]\npatches:\n" + Times(2_000, "  - { path: patch.yaml, target: { kind: Deployment } }\n")));
    }

    [Fact]
    public void Includes_ThatAllNameAllOthers_AreFollowedForAMoment() => Run(
    [
        File(".gitlab-ci.yml", "include: '**.yml'\na: { trigger: { include: '*.yml' } }\n"),
        .. Enumerable.Range(0, 300).Select(i => File($"f{i}.yml", $"include: [{string.Join(',', Enumerable.Range(0, 50).Select(j => $"'*{Times(j + 1, "*")}.yml', '*f{i}-{j}*'"))}]\n.a{i}: {{ extends: .a{i + 1}, script: [make] }}\nb: {{ extends: .a{i} }}\n")),
    ]);

    [Fact]
    public void OverlaysCopies_AreNotJoined()
    {
        var files = new[] { Web("base/web.yaml"), File("base/kustomization.yaml", "resources: [web.yaml]\n"), Overlay("one"), Overlay("two") };
        var copies = Cluster.Of(new Auditor(new([])).Run(files).Repository).OfKind("Deployment").ToList();
        Assert.Equal(["one", "two"], copies.Select(c => Assert.Single(c.Document.Placement.Roots)));
        Assert.False(Neighbours.AreTogether(copies[0].Document with { Folder = "one" }, copies[1].Document with { Folder = "two" }));
    }

    [Fact]
    public void Item_ThatStandsNowhere_IsNotTakenOut()
    {
        var text = new YamlText("a: [x, y]\n");
        var list = (YamlSequence)((YamlMapping)YamlReader.ReadAll(text).Documents[0]!).Entries[0].Value;
        Assert.NotNull(YamlPatch.RemoveItem(text, list, list.Items[0]));
        Assert.Null(YamlPatch.RemoveItem(text, list, list.Items[0] with { Range = new(0, 1) }));
        Assert.Null(YamlPatch.RemoveItem(text, list with { Range = new(0, 9) }, list.Items[0] with { Range = new(0, 9) }));
    }

    private static IEnumerable<SourceFile> Layers(int deep, int wide, int times, string patch) => Enumerable.Range(0, deep).SelectMany(layer => Enumerable.Range(0, wide).Select(i => File($"l{layer}-{i}/kustomization.yaml",
        $"resources: [{(layer == 0 ? "../l0-0/web.yaml" : string.Join(", ", Enumerable.Range(0, wide).SelectMany(j => Enumerable.Repeat($"../l{layer - 1}-{j}", times))))}]\n{patch}")));

    private static SourceFile Overlay(string name) => File($"{name}/kustomization.yaml", $"resources: [../base]\npatches:\n  - target: {{ kind: Deployment }}\n    patch: '[{{ op: add, path: /spec/minReadySeconds, value: {name.Length + name[0]} }}]'\n");

    private static SourceFile Web(string path) =>
        File(path, "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web }] } } }\n");

    private static void Run(params SourceFile[] files)
    {
        var clock = Stopwatch.StartNew();
        new Auditor(new(RuleTable.All)).Run(files);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, s_moment);
    }
}
