using System.Globalization;
using Signalbox.Api;
using Signalbox.Rollouts;

namespace Signalbox.Cli.Terminal;

internal static class RolloutText
{
    public static string Headline(RolloutView rollout, Paint paint)
    {
        var from = rollout.From is { } release ? $" from {release}" : "";
        var step = rollout is { Step: > 0, EndedAt: null } ? $", step {rollout.Step} of {rollout.Steps}" : "";
        var waiting = rollout.WaitingText is { } signal ? paint.Warn($", waiting for {signal}") : "";
        return $"{rollout.Id}: {rollout.Release}{from}, {Phase(rollout, paint)}{step}, weight {rollout.Weight}{Gap(rollout)}{waiting}{Reason(rollout)}";
    }

    /// <summary>The headline without what names it, for a line that stands under others of the same rollout.</summary>
    public static string Progress(RolloutView rollout, Paint paint)
    {
        var step = rollout is { Step: > 0, EndedAt: null } ? $"  step {rollout.Step} of {rollout.Steps}" : "";
        var waiting = rollout.WaitingText is { } signal ? $"  waiting for {signal}" : "";
        return $"{Phase(rollout, paint)}{step}  weight {rollout.Weight}{Gap(rollout)}{waiting}{Reason(rollout)}";
    }

    public static string Row(RolloutView rollout, Paint paint)
    {
        var ended = rollout.EndedAt is { } end ? Span(end - rollout.StartedAt) : "running";
        return string.Create(CultureInfo.InvariantCulture,
            $"{rollout.Id,-24} {rollout.Release,-14} {Phase(rollout, paint)}  {rollout.StartedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss}  {ended}  {rollout.Principal}{Reason(rollout)}");
    }

    public static string Phase(RolloutView rollout, Paint paint) => rollout.Phase switch
    {
        "Succeeded" => paint.Good(rollout.Phase),
        "RolledBack" or "Failed" or "Halted" or "Aborting" => paint.Bad(rollout.Phase),
        "Paused" => paint.Warn(rollout.Phase),
        _ => rollout.Phase,
    };

    /// <summary>What a person may type where a rollout waits for one; null where it waits for nobody.</summary>
    public static string? NextStep(RolloutView rollout)
    {
        var verb = rollout.WaitingFor switch
        {
            nameof(WaitingFor.Evidence) or nameof(WaitingFor.Advance) or nameof(WaitingFor.StableReady) => "advance",
            nameof(WaitingFor.Resume) => "resume",
            _ => null,
        };
        return verb is null || rollout.EndedAt is not null ? null
            : $"  next: signalbox {verb} {rollout.Id}    lets it go on\n        signalbox abort {rollout.Id}    takes it back";
    }

    public static bool Succeeded(RolloutView rollout) => rollout.Phase == "Succeeded";

    public static string Span(TimeSpan span) => span.TotalSeconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min {span.Seconds} s");

    /// <summary>What recreate costs: expected until it is measured.</summary>
    private static string Gap(RolloutView rollout) => (rollout.Gap, rollout.ExpectedGap) switch
    {
        ({ } gap, { } expected) => $", nobody answered for {Span(gap)} (about {Span(expected)} was expected)",
        ({ } gap, null) => $", nobody answered for {Span(gap)}",
        (null, { } expected) when rollout.EndedAt is null => $", nobody answers for about {Span(expected)}",
        _ => "",
    };

    private static string Reason(RolloutView rollout) => rollout.Reason is { Length: > 0 } reason ? $"  ({reason})" : "";
}
