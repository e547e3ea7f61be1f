namespace Signalbox.Cli.Demo;

/// <summary>What the users felt of one version.</summary>
/// <param name="FirstBad">When the first request that failed was sent; null without one.</param>
internal sealed record Felt(string Version, int Requests, int Failures, TimeSpan? FirstBad, TimeSpan? LastBad)
{
    public TimeSpan? Outage => LastBad - FirstBad;

    /// <summary>One for each version, in the order in which they first answered.</summary>
    public static IReadOnlyList<Felt> Of(IReadOnlyList<Answer> answers) =>
        [.. answers.OrderBy(a => a.At).GroupBy(a => a.Version).Select(Of)];

    private static Felt Of(IGrouping<string, Answer> answers)
    {
        var bad = answers.Where(a => !a.Good).Select(a => a.At).ToList();
        return new(answers.Key, answers.Count(), bad.Count, bad.Count == 0 ? null : bad.Min(), bad.Count == 0 ? null : bad.Max());
    }
}
