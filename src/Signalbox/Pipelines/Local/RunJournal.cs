using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;
using Signalbox.Delivery;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Pipelines.Local;

[JsonConverter(typeof(JsonStringEnumConverter<RunEvent>))]
internal enum RunEvent { Begin, Resume, Start, End, Finish }

/// <summary>One line of a run's journal. Which fields are set depends on the event.</summary>
internal sealed record JournalEntry(RunEvent Event, DateTimeOffset At)
{
    /// <summary>Begin, resume.</summary>
    public RunHeader? Run { get; init; }

    /// <summary>Start, end: the job's id.</summary>
    public string? Job { get; init; }

    public int? Attempt { get; init; }

    /// <summary>Start: the process, and the boot that its number belongs to.</summary>
    public int? Pid { get; init; }

    public long? Ticks { get; init; }

    public JobRecord? End { get; init; }

    /// <summary>Finish.</summary>
    public RunVerdict? Verdict { get; init; }

    public TimeSpan? Took { get; init; }
}

/// <param name="Slots">How many jobs might run at once.</param>
/// <param name="Mark">By which all of its processes are found again.</param>
/// <param name="Boot">The boot that process numbers belong to; "" where it is not known.</param>
internal sealed record RunHeader(
    int Id, string File, string? Application, IReadOnlyList<PlannedRecord> Jobs, IReadOnlyList<string> Chosen, int Slots, string Mark, string Boot, SourceRevision? Source)
{
    /// <summary>What was said before it began; null in journals that are older than this.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <param name="Needs">Places in the list.</param>
internal sealed record PlannedRecord(string Id, IReadOnlyList<int> Needs);

/// <summary>How a job ended, as the journal has it.</summary>
internal sealed record JobRecord(JobOutcome Outcome, TimeSpan Began, TimeSpan Took, int Tries, int? Code, string? Reason, TimeSpan? Saved, Digest? Key, Digest? Made, string? Note)
{
    public static JobRecord Of(JobEnd end) => new(end.Outcome, end.Began, end.Took, end.Tries, end.Code, end.Reason, end.Saved, end.Key, end.Made, end.Note);
}

[JsonConverter(typeof(JsonStringEnumConverter<RunVerdict>))]
internal enum RunVerdict
{
    Succeeded,

    /// <summary>Nothing failed, and something could not be done here.</summary>
    Undecided,

    Failed,

    Cancelled,
}

/// <summary>
/// What happened in a run, a line of JSON each, only ever appended to. Each line is with the operating system before the run goes
/// on, so that no end of this process loses it; it is on the disk within <see cref="FlushEvery"/>, and with the last line.
/// </summary>
internal sealed class RunJournal : IRunEvents, IDisposable
{
    /// <summary>Flushing costs milliseconds, a job perhaps one: what a loss of power takes runs again.</summary>
    public static readonly TimeSpan FlushEvery = TimeSpan.FromMilliseconds(200);

    private readonly SafeFileHandle _file;
    private readonly TimeProvider _time;
    private long _length;
    private long _flushed;

    /// <param name="path">Made where it is missing; appended to where it is there.</param>
    public RunJournal(string path, TimeProvider time)
    {
        _time = time;
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        _length = RandomAccess.GetLength(_file);
        _flushed = time.GetTimestamp();
        // a line that a power loss cut off stays alone
        if (_length > 0) Append("\n"u8);
    }

    public void Write(JournalEntry entry, bool flush = false)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, RunJson.Default.JournalEntry), (byte)'\n'];
        Append(line);
        if (!flush && _time.GetElapsedTime(_flushed) < FlushEvery) return;
        RandomAccess.FlushToDisk(_file);
        _flushed = _time.GetTimestamp();
    }

    public void Begun(PlannedJob job) { }

    public void Started(PlannedJob job, int attempt, StartedProcess process) =>
        Write(new(RunEvent.Start, _time.GetUtcNow()) { Job = job.Id, Attempt = attempt, Pid = process.Pid, Ticks = process.StartTicks });

    public void Ended(JobEnd end) => Write(new(RunEvent.End, _time.GetUtcNow()) { Job = end.Job.Id, End = JobRecord.Of(end) });

    public void Dispose() => _file.Dispose();

    /// <summary>All entries that can be read: the last may have been cut off.</summary>
    public static IReadOnlyList<JournalEntry> Read(string path)
    {
        var entries = new List<JournalEntry>();
        foreach (var line in File.ReadLines(path))
            try
            {
                if (line.Length > 0 && JsonSerializer.Deserialize(line, RunJson.Default.JournalEntry) is { } entry) entries.Add(entry);
            }
            catch (JsonException)
            {
                // a run that was killed while it wrote
            }
        return entries;
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        RandomAccess.Write(_file, line, _length);
        _length += line.Length;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(IReadOnlyList<RunRecord>))]
[JsonSerializable(typeof(CachedResult))]
[JsonSerializable(typeof(BuiltImage))]
internal sealed partial class RunJson : JsonSerializerContext;
