using CsCheck;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>Pipelines of all that the model holds, whether or not every platform can say it: jobs need any earlier ones.</summary>
internal static class RichGen
{
    private static readonly Gen<PortableReference> s_reference = Gen.OneOf(
        Gen.OneOf(ReferenceKind.Commit, ReferenceKind.RefName, ReferenceKind.Tag, ReferenceKind.Workspace, ReferenceKind.RunNumber, ReferenceKind.PullRequest, ReferenceKind.Token).Select(k => new PortableReference(k)),
        Gen.OneOf("TOKEN", "NPM_TOKEN").Select(n => new PortableReference(ReferenceKind.Secret, n)),
        Gen.OneOf("REGION", "MODE").Select(n => new PortableReference(ReferenceKind.Setting, n)),
        Gen.OneOf("GREETING", "IMAGE").Select(n => new PortableReference(ReferenceKind.Variable, n)));

    private static readonly Gen<PortableText> s_text = Gen.Frequency(
        (3, Gen.OneOf("x", "a b", "1.0", "it's", "a\"b", "$x", "registry.example.com/shop").Select(PortableText.Of)),
        (2, s_reference.Select(PortableText.Of)),
        (1, Gen.Select(s_reference, s_reference, (a, b) => PortableText.Of([new("v-", null), new(null, a), new("-", null), new(null, b)]))));

    private static readonly Gen<PortableText> s_path = Gen.OneOf("dist/", "out/report.xml", "target/*.jar", "a").Select(PortableText.Of);

    private static Gen<T?> Maybe<T>(Gen<T> some) where T : class => Gen.Select(Gen.Int[0, 2], some, (there, value) => there == 0 ? value : null);

    private static readonly Gen<IReadOnlyList<PortableVariable>> s_variables = Gen.Select(Gen.OneOf("A", "B", "GREETING"), s_text, (n, v) => new PortableVariable(n, v)).Array[0, 2].Select(v => (IReadOnlyList<PortableVariable>)[.. v.DistinctBy(x => x.Name)]);

    private static readonly Gen<PortableStep> s_plain = Gen.Frequency(
        (4, Gen.OneOf("make", "make test\nls -l", "cd app\nmake", "cat <<'EOF'\n  $x\nEOF", "echo \"$GREETING\"").Select(s => (PortableStep)new RunStep(PortableText.Of(s)))),
        (1, Gen.Select(s_reference, r => (PortableStep)new RunStep(PortableText.Of([new("echo \"", null), new(null, r.Kind is ReferenceKind.Secret or ReferenceKind.Setting or ReferenceKind.Token or ReferenceKind.Variable or ReferenceKind.PullRequest ? new(ReferenceKind.Commit) : r), new("\"", null)])))),
        (1, Gen.OneOf("node", "python", "go").Select(t => (PortableStep)new SetupStep(t, PortableText.Of("20")))),
        (1, s_path.Select(p => (PortableStep)new UploadStep(PortableText.Of("kept"), [p], 3))),
        (1, Gen.OneOf("junit", "cobertura").Select(k => (PortableStep)new ReportStep(k, [PortableText.Of("report.xml")]))),
        (1, Gen.OneOf<PortableText?>(null, PortableText.Of("in")).Select(f => (PortableStep)new DownloadStep(PortableText.Of("kept"), f))),
        (1, s_path.Select(p => (PortableStep)new CacheStep(PortableText.Of("deps"), ["package-lock.json"], [], [p]))),
        (1, s_text.Select(t => (PortableStep)new LoginStep(PortableText.Of("registry.example.com"), PortableText.Of("ci"), t))),
        (1, s_text.Select(t => (PortableStep)new ImageStep(PortableText.Of("."), null, [t], true))),
        (1, Gen.OneOf(Platform.GitHubActions, Platform.AzurePipelines).Select(p => (PortableStep)new ForeignStep(p, p == Platform.GitHubActions ? "acme/tool@v1" : "Tool@1", [new("with", PortableText.Of("x"))]))));

    private static readonly Gen<PortableStep> s_step = Gen.Select(s_plain, Maybe(PortableGen.Condition), Gen.Enum<RunsWhen>(), Gen.Int[0, 5], s_variables, (step, condition, when, odd, variables) => step with
    {
        Name = odd == 1 ? PortableText.Of("Named: it's") : null,
        If = odd == 2 ? condition : null,
        When = odd == 3 ? when : RunsWhen.Succeeded,
        FailureIgnored = odd == 4,
        Timeout = odd == 5 ? TimeSpan.FromMinutes(3) : null,
        Variables = step is RunStep ? variables : [],
    });

    private static readonly Gen<PortableJob> s_job = Gen.Select(
        Gen.Select(Maybe(PortableGen.Condition), Gen.Enum<RunsWhen>(), Gen.Int[0, 6], s_variables),
        Gen.Select(Maybe(s_text), Maybe(s_text), Maybe(s_text), Gen.Int[0, 3]),
        s_step.Array[0, 4],
        (about, around, steps) => new PortableJob
        {
            Id = "",
            If = about.Item1,
            When = about.Item3 == 1 ? about.Item2 : RunsWhen.Succeeded,
            Manual = about.Item3 == 2,
            FailureIgnored = about.Item3 == 3,
            Retries = about.Item3 == 4 ? 2 : 0,
            Timeout = about.Item3 == 5 ? TimeSpan.FromMinutes(7) : null,
            Variables = about.Item4,
            Environment = around.Item1 is { } name ? new(name, null) : null,
            Concurrency = around.Item2 is { } group ? new(group, false) : null,
            Container = around.Item3 is not null ? new(PortableText.Of("alpine:3")) : null,
            Services = around.Item4 == 0 ? [new(PortableText.Of("postgres:16"), "db") { Variables = [new("POSTGRES_PASSWORD", PortableText.Of("x"))] }] : [],
            Steps = [new CheckoutStep(), .. steps],
        });

    public static Gen<PortablePipeline> Pipeline { get; } = Gen.Select(Gen.Select(s_job, Gen.Int[0, 1000].Array[0, 3]).Array[1, 5], s_variables, Maybe(s_text), (jobs, variables, group) => new PortablePipeline
    {
        Name = "rich",
        Triggers = [new(PortableEvent.Push) { Branches = ["main", "release/**"], Tags = ["v[0-9]+"] }, new(PortableEvent.PullRequest) { Tags = [] }],
        Permissions = new(null, [("contents", Access.Read)]),
        Variables = variables,
        Concurrency = group is null ? null : new(group, true),
        Jobs = [.. jobs.Select((j, i) => j.Item1 with { Id = $"job{i}", Needs = i == 0 ? [] : [.. j.Item2.Select(n => $"job{n % i}").Distinct()] })],
    });
}
