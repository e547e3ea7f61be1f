using CsCheck;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>Pipelines of what every platform can say: jobs in layers, each of which needs the whole layer before it.</summary>
internal static class PortableGen
{
    private static readonly Gen<string> s_word = Gen.OneOf("main", "develop", "hotfix-1", "release", "a_b", "no", "on", "0x1", "v1.2", "on's", "ä");

    private static readonly Gen<PortableCondition> s_fact = Gen.OneOf<PortableCondition>(
        s_word.Select(w => (PortableCondition)new RefIs(false, w)),
        s_word.Select(w => (PortableCondition)new RefIs(true, w)),
        Gen.OneOf("release/", "v", "feature/x-").Select(w => (PortableCondition)new RefIs(false, w + "**")),
        Gen.OneOf(new RefIs(true, null), new RefIs(false, null), new RefIs(true, "v**")).Select(r => (PortableCondition)r),
        Gen.OneOf(PortableEvent.Push, PortableEvent.PullRequest, PortableEvent.Schedule, PortableEvent.Manual).Select(e => (PortableCondition)new EventIs(e)),
        s_word.Select(w => (PortableCondition)new TargetIs(w)),
        Gen.Select(Gen.OneOf("DEPLOY", "MODE", "X1"), s_word, (n, v) => (PortableCondition)new ValueIs(new(ReferenceKind.Setting, n), v)));

    /// <summary>Conditions that every platform can say, in normal form.</summary>
    public static Gen<PortableCondition> Condition { get; } = Nested(3);

    private static Gen<PortableCondition> Nested(int depth) => depth == 0 ? s_fact : Gen.Frequency(
        (4, s_fact),
        (1, Gen.Select(Nested(depth - 1), c => c.Opposite())),
        (2, Nested(depth - 1).Array[2, 3].Select(p => PortableCondition.All(p)!)),
        (2, Nested(depth - 1).Array[2, 3].Select(p => PortableCondition.Any(p)!)));

    private static readonly Gen<PortableMatrix> s_matrix = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Bool, (a, b, exclude) => new PortableMatrix(
        [("OS", [.. new[] { "linux", "bsd", "no" }.Take(a)]), ("VERSION", [.. new[] { "1", "2.0", "on" }.Take(b)])], [], exclude && a > 1 && b > 1 ? [[("OS", "bsd"), ("VERSION", "2.0")]] : [], false));

    private static Gen<T?> Maybe<T>(Gen<T> some) where T : class => Gen.Select(Gen.Bool, some, (there, value) => there ? value : null);

    private static readonly Gen<PortableJob> s_job = Gen.Select(
        Maybe(Condition), Maybe(s_matrix), Gen.Int[0, 90], Gen.Bool, Gen.OneOf("make", "make test\nls -l", "echo \"$GREETING\" 'it''s'", "if true; then\n  make\nfi"),
        (condition, matrix, minutes, lenient, script) => new PortableJob
        {
            Id = "",
            If = condition,
            Matrix = matrix,
            Timeout = minutes == 0 ? null : TimeSpan.FromMinutes(minutes),
            FailureIgnored = lenient,
            Variables = [new("GREETING", PortableText.Of("hello $world ${{ x }} $(y z) 'and' \"so\""))],
            Steps = [new CheckoutStep(), new RunStep(PortableText.Of(script))],
        });

    public static Gen<PortablePipeline> Pipeline { get; } = s_job.Array[1, 3].Array[1, 4].Select(layers =>
    {
        var jobs = new List<PortableJob>();
        IReadOnlyList<string> before = [];
        foreach (var (layer, i) in layers.Select((l, i) => (l, i)))
        {
            // stages cannot have a matrix beside another job
            var row = layer.Length == 1 ? layer : [.. layer.Select(j => j with { Matrix = null })];
            var named = row.Select((j, k) => j with { Id = $"job_{i}_{k}", Needs = before }).ToList();
            jobs.AddRange(named);
            before = [.. named.Select(j => j.Id)];
        }
        return new PortablePipeline { Triggers = [new(PortableEvent.Push), new(PortableEvent.PullRequest) { Tags = [] }, new(PortableEvent.Manual) { Tags = [] }], Permissions = new(null, [("contents", Access.Read)]), Jobs = jobs };
    });
}
