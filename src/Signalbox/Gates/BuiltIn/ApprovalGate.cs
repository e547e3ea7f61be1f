using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>
/// As many principals as are asked have approved this release in this configuration; neither its submitter nor its maker is one of them.
/// The author is the principal that submits, never a Git e-mail address, which anybody can write.
/// </summary>
internal static class ApprovalGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        var (asked, most, by) = (GateValues.Count(rule.Values("count")), GateValues.Age(rule.Values("maxAge")), rule.Settings.GetValueOrDefault("by"));
        var approved = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (item, facts) in context.Read<ApprovalFact>(context.AboutRelease(EvidenceKind.Approval), lines))
        {
            if (Bound.Problem(context, facts.Application, facts.Environment, facts.Release, facts.Configuration) is not null) continue;
            if (Problem(context, item, most, by) is { } problem) lines.Allow($"an approval by {item.Record.By} does not count: {problem}", item);
            else if (approved.Add(item.Record.By.Name)) lines.Allow($"{item.Record.By} approved it on {item.Record.At:yyyy-MM-dd HH:mm} UTC{(facts.Comment is { } comment ? $": {comment}" : "")}", item);
        }
        if (approved.Count < asked)
            lines.Deny("gate-approval-missing", string.Create(CultureInfo.InvariantCulture, $"{approved.Count} of {asked} approvals of {context.Release.Id} for {context.Release.Environment}, by others than {context.Release.Submitter}"),
                $"signalbox approve {context.Release.Id} --env {context.Release.Environment}   # by somebody else; then: signalbox deploy --release {context.Release.Id} --env {context.Release.Environment}");
        else if (asked == 0) lines.Allow("no approval is asked for");
    }

    private static string? Problem(GateContext context, EvidenceItem item, TimeSpan? most, IReadOnlyList<string>? by)
    {
        var name = item.Record.By.Name;
        if (name == context.Release.Submitter) return "it is by the submitter";
        if (name == context.Release.Creator) return "it is by whoever made the release";
        if (by is not null && !by.Any(pattern => Glob.Matches(pattern, name))) return "the policy does not name this approver";
        if (context.Began(item)) return "it is by whoever took it out in the environment before, and it goes on by itself";
        return most is { } age && context.Now - item.Record.At > age ? $"it is older than {age.TotalHours.ToString("0.#", CultureInfo.InvariantCulture)} h" : null;
    }
}

/// <summary>A person's word holds for what was shown to them, and for nothing else.</summary>
internal static class Bound
{
    public static string? Problem(GateContext context, string application, string environment, Delivery.Digest release, Delivery.Digest configuration) =>
        application != context.Release.Application || environment != context.Release.Environment ? "another environment"
        : release != context.Release.Content ? "another content"
        : configuration != context.Release.ConfigurationDigest ? "another configuration"
        : null;
}
