using System.Globalization;
using Signalbox.Api;

namespace Signalbox.Dora;

/// <param name="Application">Null for all.</param>
public sealed record DoraQuery(string? Application, string Environment, DateTimeOffset From, DateTimeOffset To);

/// <summary>The view of a window, from facts alone: pure, and the same whatever the facts' order.</summary>
public static class DoraReport
{
    /// <summary>The longest window: 53 weeks, so that a year and its trend fit.</summary>
    public static readonly TimeSpan LongestWindow = TimeSpan.FromDays(371);

    public static DoraView Of(DoraFacts facts, DoraQuery query, string ledgerHead)
    {
        var window = new Window(query.From, query.To);
        var mine = Only(facts, query);
        var keys = new DoraKeys(mine);
        return new(query.Application, query.Environment, query.From, query.To,
        [
            Key(s_frequency, keys.Frequency, window), Key(s_leadTime, keys.LeadTime, window), Key(s_failureRate, keys.FailureRate, window),
            Key(s_recoveryTime, keys.RecoveryTime, window), Key(s_reworkRate, keys.ReworkRate, window),
        ], Principles.Of(mine, window), ledgerHead);
    }

    private static DoraFacts Only(DoraFacts facts, DoraQuery query) => facts with
    {
        Deployments = [.. facts.Deployments.Where(d => d.Environment == query.Environment && (query.Application is null || d.Application == query.Application))],
        Incidents = [.. facts.Incidents.Where(i => i.Environment == query.Environment && (query.Application is null || i.Application == query.Application))],
        Pipelines = [.. facts.Pipelines.Where(p => query.Application is null || p.Application == query.Application)],
        Gates = [.. facts.Gates.Where(g => g.Environment == query.Environment && (query.Application is null || g.Application == query.Application))],
    };

    /// <param name="How">Of value, numerator and denominator.</param>
    private sealed record Shape(
        string Key, string Title, string Unit, string NumeratorIs, string DenominatorIs, string Definition, string? TargetText, double Bound, Func<Measured, string> How);

    private static readonly Shape s_frequency = new(
        "deploymentFrequency", "Deployment frequency", "perDay", "deployments that all users got and whose rollout succeeded", "days in the window since anything was known, at least 1",
        "how often a change is brought to the users of the environment", "daily or better", 1,
        m => Invariant($"{m.Numerator:0} deployments in {m.Denominator:0.##} days"));

    private static readonly Shape s_leadTime = new(
        "changeLeadTime", "Change lead time", "seconds", "changes whose commit time is known", "changes that all users got",
        "from a change's commit to all users having it; the median", "under 1 h", 3600,
        m => Invariant($"median of {m.Numerator:0} changes; {m.Denominator - m.Numerator:0} more have no commit time"));

    private static readonly Shape s_failureRate = new(
        "changeFailureRate", "Change failure rate", "share", "deployments that were taken back, rolled back later or had an incident", "deployments that users had and that have ended",
        "the share of deployments that hurt users and had to be mended", "under 5 %", 0.05,
        m => Invariant($"{m.Numerator:0} of {m.Denominator:0} deployments"));

    private static readonly Shape s_recoveryTime = new(
        "failedDeploymentRecoveryTime", "Failed deployment recovery time", "seconds", "failed deployments that are mended", "failed deployments",
        "from a failed deployment's first user, or the incident it is charged with, to users being served well again; the median", "under 1 h", 3600,
        m => Invariant($"median of {m.Numerator:0} failures; {m.Denominator - m.Numerator:0} more are not mended yet, or nobody said when they began"));

    private static readonly Shape s_reworkRate = new(
        "deploymentReworkRate", "Deployment rework rate", "share", "rollbacks, and deployments begun while a failure was not mended", "deployments that users had",
        "the share of deployments that were not planned but mend what users suffered from", null, 0,
        m => Invariant($"{m.Numerator:0} of {m.Denominator:0} deployments"));

    private static DoraKeyView Key(Shape shape, Func<Window, Measured> measure, Window window)
    {
        var measured = measure(window);
        return new(
            shape.Key, shape.Title, shape.Unit, measured.Value, Text(shape, measured.Value), measured.Numerator, measured.Denominator, shape.NumeratorIs, shape.DenominatorIs,
            shape.Definition, shape.How(measured), Target(shape, measured.Value),
            [.. window.Weeks().Select(week => measure(week) is var m ? new DoraBucketView(week.From, week.To, m.Value, m.Numerator, m.Denominator) : null!)]);
    }

    private static DoraTargetView? Target(Shape shape, double? value) => shape.TargetText is not { } text
        ? null
        : new(text, shape.Bound, value is not { } seen ? null : shape.Unit == "perDay" ? seen >= shape.Bound : seen < shape.Bound);

    private static string Text(Shape shape, double? value) => value is not { } seen ? "no data" : shape.Unit switch
    {
        "perDay" => seen >= 1 ? Invariant($"{seen:0.0} a day") : seen * 7 >= 1 ? Invariant($"{seen * 7:0.0} a week") : Invariant($"{seen * 30:0.0} in 30 days"),
        "share" => Invariant($"{seen * 100:0.#} %"),
        _ => Spoken(TimeSpan.FromSeconds(seen)),
    };

    internal static string Spoken(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => Invariant($"{time.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => Invariant($"{time.TotalMinutes:0.0} min"),
        { TotalDays: < 1 } => Invariant($"{time.TotalHours:0.0} h"),
        _ => Invariant($"{time.TotalDays:0.0} days"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
