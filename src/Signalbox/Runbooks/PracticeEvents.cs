using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Runbooks;

/// <summary>A rehearsed failure and what it cost.</summary>
/// <param name="Kind"><c>rollback</c> or <c>restore</c>.</param>
/// <param name="Recovery">From the word, or from the loss, until the application was right again (what RTO bounds).</param>
/// <param name="LostEvents">Acknowledged events that are gone afterwards.</param>
/// <param name="LostSpan">How far before the loss the newest event lies that was kept (what RPO bounds); zero for a rollback.</param>
/// <param name="FailedRequests">Of <paramref name="Requests"/> sent meanwhile.</param>
/// <param name="Passed">Whether it came back as it should, with nothing lost that a backup had.</param>
public sealed record DrillEnded(
    string Kind, string Application, string Environment, TimeSpan Recovery, long LostEvents, TimeSpan LostSpan, long Requests, long FailedRequests, int Releases, bool Passed);

/// <summary>One step of a runbook that somebody ran.</summary>
/// <param name="Step">1-based.</param>
/// <param name="Outcome"><c>done</c>, <c>failed</c> or <c>skipped</c>.</param>
/// <param name="ExitCode">Null where the step has no command, or it was skipped.</param>
public sealed record RunbookStepEnded(string Runbook, string Application, string Environment, int Step, string Text, string Outcome, int? ExitCode);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DrillEnded))]
[JsonSerializable(typeof(RunbookStepEnded))]
internal sealed partial class PracticeJson : JsonSerializerContext;

/// <summary>Drills and steps of runbooks to and from their ledger form; they stand in the stream of their track.</summary>
public static class PracticeEvents
{
    public const string DrillType = "drill.ended/1";
    public const string StepType = "runbook.step-ended/1";

    public static NewEntry ToEntry(DrillEnded drill, Principal by) =>
        new(new TrackKey(drill.Application, drill.Environment).ToString(), DrillType, by, JsonSerializer.SerializeToUtf8Bytes(drill, PracticeJson.Default.DrillEnded));

    public static NewEntry ToEntry(RunbookStepEnded step, Principal by) =>
        new(new TrackKey(step.Application, step.Environment).ToString(), StepType, by, JsonSerializer.SerializeToUtf8Bytes(step, PracticeJson.Default.RunbookStepEnded));

    /// <returns>Null where the entry is no drill.</returns>
    public static DrillEnded? DrillFrom(LedgerEntry entry) => entry.Type == DrillType ? JsonSerializer.Deserialize(entry.Data.Span, PracticeJson.Default.DrillEnded) : null;

    public static RunbookStepEnded? StepFrom(LedgerEntry entry) => entry.Type == StepType ? JsonSerializer.Deserialize(entry.Data.Span, PracticeJson.Default.RunbookStepEnded) : null;

    /// <summary>The entry as one line for people; null where it is neither.</summary>
    public static string? Text(LedgerEntry entry) => DrillFrom(entry) is { } drill ? Text(drill)
        : StepFrom(entry) is { } step ? $"runbook {step.Runbook}, step {step.Step} {step.Outcome}: {step.Text}"
        : null;

    public static string Text(DrillEnded drill) => string.Create(CultureInfo.InvariantCulture,
        $"drill {drill.Kind} {(drill.Passed ? "passed" : "failed")}: back after {drill.Recovery.TotalSeconds:0.000} s, {drill.LostEvents} events lost{(drill.LostSpan > TimeSpan.Zero ? $" of the last {drill.LostSpan.TotalSeconds:0.0} s" : "")}, {drill.FailedRequests} of {drill.Requests} requests failed");
}
