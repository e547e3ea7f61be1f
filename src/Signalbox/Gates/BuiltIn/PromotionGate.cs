using Signalbox.Delivery.Policies;

namespace Signalbox.Gates.BuiltIn;

/// <summary>
/// An environment accepts what has succeeded in the one before it: the same release, so the same digests. Who may approve
/// may let one through that has not, with a reason.
/// </summary>
internal static class PromotionGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        if (context.Inputs.Path is not { } path) return;
        var missing = new GateLines();
        foreach (var before in path.Before(context.Release.Environment, rule.Values("from"))) Ask(context, path, before, missing);
        if (missing.IsEmpty) lines.Allow($"no environment is before {context.Release.Environment}");
        else if (missing.Verdict == GateVerdict.Allow || Overrides.Find(context, GateTable.Promotion, lines, others: false) is not { } allowed) lines.Take(missing);
        else lines.Allow($"{Shortly(missing)}; {allowed.Item.Record.By} lets it through until {allowed.Facts.Expires:yyyy-MM-dd HH:mm} UTC: {allowed.Facts.Reason}", allowed.Item);
    }

    private static void Ask(GateContext context, ReleasePath path, string before, GateLines lines)
    {
        var (release, here) = (context.Release.Id, context.Release.Environment);
        if (!path.Environments.Contains(before))
            lines.Deny("gate-not-in-path", $"{release} has no environment {before}, which comes before {here} by policy", $"signalbox check   # environments: [{{ name: {before} }}, {{ name: {here} }}] in signalbox.yaml; or {Override(release, here)}");
        else if (path.In(before) is not { } standing)
            lines.Deny("gate-not-promoted", $"{release} has not gone into {before} yet, which comes before {here}", $"signalbox release promote {release} --to {before}   # or {Override(release, here)}");
        else if (standing.Standing == Standing.Succeeded)
            lines.Allow($"{release} succeeded in {before} on {standing.Since:yyyy-MM-dd HH:mm} UTC ({standing.Rollout})");
        else if (standing.Standing == Standing.GoingOut)
            lines.Deny("gate-still-going-out", $"{release} is still going out to {before} ({standing.Rollout}), which comes before {here}", $"signalbox rollouts watch {standing.Rollout}   # then: signalbox release promote {release} --to {here}");
        else
            lines.Deny("gate-not-succeeded", $"{release} {Ended(standing.Standing)} in {before} ({standing.Rollout}){(standing.Reason is { } reason ? $": {reason}" : "")}", $"{Override(release, here)}   # or make a better release: signalbox deploy --env {before}");
    }

    private static string Ended(Standing standing) => standing switch { Standing.TakenBack => "was taken back", Standing.Withdrawn => "was withdrawn", _ => "failed" };

    private static string Override(string release, string here) => $"signalbox release promote {release} --to {here} --override 'why it cannot wait'";

    private static string Shortly(GateLines missing) => missing.All.First(line => line.Verdict != GateVerdict.Allow).Text;
}
