using System.Globalization;

namespace Signalbox.Pipelines.Local;

/// <summary>How long a run took, beside the time in which it should have answered, and what would shorten it.</summary>
/// <param name="Chain">The jobs that decided when it ended, first to last: each began when the one before had ended and a slot was free.</param>
/// <param name="Shorter">What to do, the most helpful first; empty where it was quick.</param>
internal sealed record Feedback(TimeSpan Took, IReadOnlyList<ChainLink> Chain, IReadOnlyList<string> Shorter)
{
    /// <summary>Past it people begin something else (design, "Developer experience").</summary>
    public static readonly TimeSpan Target = TimeSpan.FromMinutes(15);

    /// <summary>Below it nothing is worth a word.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(2);

    public bool InTime => Took <= Target;

    public static Feedback Of(RunHeader header, IReadOnlyDictionary<string, JobRecord> ends, TimeSpan took)
    {
        var chain = ChainOf(header, ends);
        return new(took, chain, took < Quick ? [] : [.. Advice(header, ends, chain, took)]);
    }

    private static List<ChainLink> ChainOf(RunHeader header, IReadOnlyDictionary<string, JobRecord> ends)
    {
        var places = Enumerable.Range(0, header.Jobs.Count).Where(place => EndOf(place) is { Outcome: not JobOutcome.Skipped }).ToList();
        var chain = new List<ChainLink>();
        if (places.Count == 0) return chain;
        var at = places.MaxBy(place => Finished(place));
        while (true)
        {
            var end = EndOf(at)!;
            var before = header.Jobs[at].Needs.Where(need => EndOf(need) is { Outcome: not JobOutcome.Skipped }).OrderByDescending(need => Finished(need)).Select(need => (int?)need).FirstOrDefault();
            var ready = before is { } place ? Finished(place) : TimeSpan.Zero;
            chain.Insert(0, new(header.Jobs[at].Id, end.Took, end.Began > ready ? end.Began - ready : TimeSpan.Zero));
            // a resumed run has jobs of its former time, whose clock was another
            if (before is not { } next || chain.Count > header.Jobs.Count) return chain;
            at = next;
        }

        JobRecord? EndOf(int place) => ends.GetValueOrDefault(header.Jobs[place].Id);

        TimeSpan Finished(int place) => EndOf(place)!.Began + EndOf(place)!.Took;
    }

    private static IEnumerable<string> Advice(RunHeader header, IReadOnlyDictionary<string, JobRecord> ends, List<ChainLink> chain, TimeSpan took)
    {
        var longest = chain.MaxBy(link => link.Took);
        if (longest is not null && longest.Took > took / 2)
            yield return $"{longest.Job} alone is {Seconds(longest.Took)} of it: split it, or give it a matrix";
        var waited = TimeSpan.FromTicks(chain.Sum(link => link.Waited.Ticks));
        if (waited > took / 10)
            yield return string.Create(CultureInfo.InvariantCulture, $"{Seconds(waited)} of it jobs waited for a free slot of {header.Slots}: --jobs {header.Slots * 2} where the machine has room");
        var unknown = chain.Where(link => ends[link.Job] is { Outcome: JobOutcome.Succeeded, Note: not null }).OrderByDescending(link => link.Took).ToList();
        if (unknown.Count > 0)
            yield return $"{string.Join(", ", unknown.Take(3).Select(link => link.Job))} {(unknown.Count == 1 ? "runs" : "run")} each time: say outputs (and inputs), and what did not change is not made again";
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}

/// <param name="Waited">Between the end of all it needs and its beginning: for a free slot.</param>
internal sealed record ChainLink(string Job, TimeSpan Took, TimeSpan Waited);
