using System.Globalization;
using System.Text;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery.Detection;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>Runs in words.</summary>
internal static class RunText
{
    private const int MostLastLines = 20, LongestTail = 64 * 1024, MostVerbose = 10_000, MostChain = 8;

    public static string Line(JobEnd end, Paint paint) => Line(end.Job.Id, JobRecord.Of(end), paint);

    public static string Line(string job, JobRecord? end, Paint paint)
    {
        if (end is null) return $"{paint.Dim("unfinished")} {job}";
        var line = $"{Word(end.Outcome, paint)} {job}{(end.Outcome is JobOutcome.Skipped ? "" : " " + Seconds(end.Took))}";
        if (end.Tries > 1) line += string.Create(CultureInfo.InvariantCulture, $", try {end.Tries}");
        if (end.Saved is { } saved) line += paint.Dim($", took {Seconds(saved)} when it was made");
        if (end.Reason is { } reason) line += $": {reason}";
        return line;
    }

    public static string Headline(RunRecord run, Paint paint) =>
        string.Create(CultureInfo.InvariantCulture, $"{run.Id,4} {run.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} {Verdict(run.Verdict, paint)}{(run.Took is { } took ? $" in {Seconds(took)}" : "")}, {run.Jobs.Count} jobs of {run.Application ?? run.File}");

    /// <summary>What a person looks for at the end, and what to type next.</summary>
    public static string Summary(RunRecord run, string results, Paint paint)
    {
        var text = new StringBuilder();
        var counts = run.Jobs.Select(job => job.End).OfType<JobRecord>().GroupBy(end => end.Outcome).OrderBy(group => group.Key).Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {Plain(group.Key)}"));
        text.Append(CultureInfo.InvariantCulture, $"run {run.Id} {Verdict(run.Verdict, paint)}{(run.Took is { } took ? $" in {Seconds(took)}" : "")}: {string.Join(", ", counts)}\n");
        if (run.Feedback is { Chain.Count: > 0 } feedback)
        {
            var chain = feedback.Chain.TakeLast(MostChain).Select(link => $"{link.Job} {Seconds(link.Took)}").ToList();
            text.Append(CultureInfo.InvariantCulture, $"feedback in {Seconds(feedback.Took)}{(feedback.InTime ? ", under" : ", over")} the {Feedback.Target.TotalMinutes:0} min that people wait; longest chain: {(feedback.Chain.Count > MostChain ? "… → " : "")}{string.Join(" → ", chain)}\n");
            foreach (var line in feedback.Shorter) text.Append("shorter: ").Append(line).Append('\n');
        }
        foreach (var report in run.Reports) text.Append(CultureInfo.InvariantCulture, $"{report.Kind}: {report.Summary}\n");
        foreach (var image in run.Images) text.Append(CultureInfo.InvariantCulture, $"image: {image.Pinned ?? $"{image.Image}, {image.Id}, not pushed"}\n");
        foreach (var gap in run.Jobs.Where(job => job.End?.Outcome == JobOutcome.Gap)) text.Append(CultureInfo.InvariantCulture, $"gap: {gap.Id}: {gap.End!.Reason}\n");
        if (run.Reports.Count > 0) text.Append("results: ").Append(results).Append('\n');
        if (Next(run) is { } next) text.Append("next: ").Append(next).Append('\n');
        return text.ToString();
    }

    private static string? Next(RunRecord run)
    {
        var failed = run.Jobs.FirstOrDefault(job => job.End?.Outcome.IsFailure() == true);
        if (failed is not null) return $"signalbox run log {Words.Quote(failed.Id)}   shows all that it printed; signalbox run --resume   goes on from there";
        return run.Verdict is null or RunVerdict.Cancelled ? "signalbox run --resume" : null;
    }

    /// <summary>What goes on, what waits, and as much of what has ended as fits.</summary>
    public static string Tree(RunPlan plan, IReadOnlyDictionary<int, long> running, IReadOnlyDictionary<int, JobEnd> ended, int rows, Paint paint)
    {
        var lines = new List<(int Rank, string Text)>(plan.Jobs.Count);
        foreach (var job in plan.Jobs)
        {
            var indent = Indent(plan, job);
            if (ended.TryGetValue(job.Index, out var end)) lines.Add((end.Outcome.IsFailure() ? 0 : 3, indent + Line(end, paint)));
            else if (running.TryGetValue(job.Index, out var since)) lines.Add((1, $"{indent}{paint.Bold("▸")} {job.Id} {Seconds(TimeProvider.System.GetElapsedTime(since))}"));
            else lines.Add((2, $"{indent}{paint.Dim($"· {job.Id}")}"));
        }
        var status = string.Create(CultureInfo.InvariantCulture, $"{ended.Count} of {plan.Jobs.Count} ended, {running.Count} running");
        if (lines.Count < rows) return string.Join('\n', lines.Select(line => line.Text).Append(status));
        var shown = lines.Index().OrderBy(line => line.Item.Rank).Take(Math.Max(1, rows - 1)).OrderBy(line => line.Index).Select(line => line.Item.Text);
        return string.Join('\n', shown.Append(status));
    }

    /// <summary>By how many it waits for, one after the other; not so deep that nothing else fits.</summary>
    public static string Indent(RunPlan plan, PlannedJob job)
    {
        var depth = 0;
        for (var at = job; at.Needs.Count > 0 && depth < 8; at = plan.Jobs[at.Needs.Max()]) depth++;
        return new(' ', 2 * depth);
    }

    /// <summary>All of a log.</summary>
    public static IEnumerable<string> Lines(string log) => Lines(log, long.MaxValue);

    /// <summary>The end of a log, without its blank lines; or where much is asked for all of it up to a bound, which is said.</summary>
    public static IReadOnlyList<string> LastLines(string log, bool much)
    {
        var (lines, before) = (new Queue<string>(), 0);
        foreach (var line in much ? Lines(log) : Lines(log, LongestTail).Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            if (lines.Count == (much ? MostVerbose : MostLastLines))
            {
                lines.Dequeue();
                before++;
            }
            lines.Enqueue(line);
        }
        return much && before > 0 ? [string.Create(CultureInfo.InvariantCulture, $"… {before} lines before these: signalbox run log shows all"), .. lines] : [.. lines];
    }

    /// <param name="most">Bytes of its end.</param>
    private static IEnumerable<string> Lines(string log, long most)
    {
        if (!File.Exists(log)) yield break;
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > most) file.Seek(-most, SeekOrigin.End);
        using var reader = new StreamReader(file, Encoding.UTF8);
        while (reader.ReadLine() is { } line) yield return Shown(line);
    }

    /// <summary>A program's output may tell a terminal to do anything; it is shown without.</summary>
    public static string Shown(string line)
    {
        var text = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\e') i = EndOfEscape(line, i);
            else if (!char.IsControl(line[i]) || line[i] == '\t') text.Append(line[i]);
        }
        return text.ToString();
    }

    private static int EndOfEscape(string line, int at)
    {
        if (at + 1 >= line.Length) return at;
        if (line[at + 1] == ']') return line.IndexOfAny(['\a', '\\'], at + 2) is >= 0 and var end ? end : line.Length;
        if (line[at + 1] != '[') return at + 1;
        var i = at + 2;
        while (i < line.Length && line[i] is < '@' or > '~') i++;
        return i;
    }

    public static string Seconds(TimeSpan time) => time < TimeSpan.FromSeconds(100)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s") : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s");

    private static string Verdict(RunVerdict? verdict, Paint paint) => verdict switch
    {
        RunVerdict.Succeeded => paint.Good("succeeded"),
        RunVerdict.Undecided => paint.Warn("is undecided"),
        RunVerdict.Failed => paint.Bad("failed"),
        RunVerdict.Cancelled => paint.Warn("was ended"),
        _ => paint.Warn("is not finished"),
    };

    private static string Word(JobOutcome outcome, Paint paint) => outcome switch
    {
        JobOutcome.Succeeded => paint.Good("ok"),
        JobOutcome.Cached => paint.Good("known"),
        JobOutcome.Gap => paint.Warn("gap"),
        JobOutcome.Ignored => paint.Warn("ignored"),
        JobOutcome.Skipped => paint.Dim("skipped"),
        JobOutcome.Cancelled => paint.Warn("ended"),
        _ => paint.Bad("failed"),
    };

    private static string Plain(JobOutcome outcome) => outcome switch
    {
        JobOutcome.Succeeded => "ok",
        JobOutcome.Cached => "known",
        JobOutcome.Gap => "gap",
        JobOutcome.Ignored => "failed and ignored",
        JobOutcome.TimedOut => "timed out",
        JobOutcome.Cancelled => "ended",
        var other => other.ToString().ToLowerInvariant(),
    };
}
