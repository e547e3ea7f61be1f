using System.CommandLine;
using System.Globalization;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Delivery.Policies;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

internal static class PolicyVerb
{
    private static readonly Argument<string> Scope = new("ENVIRONMENT") { Description = "an environment (production), one application's (shop/production), or * for every environment without one of its own" };
    private static readonly Option<string> From = new("--file", "-f") { Description = "the policy", HelpName = "FILE", Required = true };
    private static readonly Option<string?> Output = new("--output") { Description = "write it into this file, in place of standard output", HelpName = "FILE" };
    private static readonly Argument<string> Digest = new("DIGEST") { Description = "of the proposal, as `policy set` and `policy show` print it" };

    public static Command Create() => Verb.Group("policy", "What an environment demands of what goes into it.", Set(), Show(), Diff(), Approve(), Schema());

    private static Verb Set()
    {
        var verb = new Verb("set", "Set an environment's policy. What weakens one waits until somebody else approves it, where somebody may.", "signalbox policy set production -f policy.yaml", "signalbox policy set shop/production -f shop.yaml");
        verb.Add(Scope);
        verb.Add(From);
        return verb.Asks(session => SendAsync(session, record: true));
    }

    private static Verb Diff()
    {
        var verb = new Verb("diff", "Say what a policy would change, and whether it weakens. Exit 1 where it does.", "signalbox policy diff production -f policy.yaml");
        verb.Add(Scope);
        verb.Add(From);
        return verb.Asks(session => SendAsync(session, record: false));
    }

    private static Verb Show()
    {
        var verb = new Verb("show", "Print the policy in force, as it was written. Before it, as comments, stands what waits to take its place.", "signalbox policy show production", "signalbox policy show production --output policy.yaml");
        verb.Add(Scope);
        verb.Add(Output);
        return verb.Asks(ShowAsync);
    }

    private static async Task<int> ShowAsync(Session session)
    {
        using var client = session.Connect();
        var policy = await client.PolicyAsync(session.Get(Scope)!, session.Cancel).ConfigureAwait(false);
        var text = $"{InForce(policy)}{Waiting(policy)}{policy.Text}";
        if (session.Get(Output) is { } file) await File.WriteAllTextAsync(file, text, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(policy, ApiJson.Default.PolicyView);
        else if (session.Get(Output) is null) session.ToTheLetter.Write(text);
        return ExitCode.Yes;
    }

    private static Verb Approve()
    {
        var verb = new Verb("approve", "Let a weaker policy take effect that somebody else proposed.", "signalbox policy approve production sha256:9f2c…");
        verb.Add(Scope);
        verb.Add(Digest);
        return verb.Asks(async session =>
        {
            using var client = session.Connect();
            var policy = await client.ApprovePolicyAsync(session.Get(Scope)!, session.Get(Digest)!, session.Cancel).ConfigureAwait(false);
            if (session.Json) session.WriteJson(policy, ApiJson.Default.PolicyView);
            else session.Out.WriteLine($"{policy.Scope} has the policy {policy.Digest} now");
            return ExitCode.Yes;
        });
    }

    private static Verb Schema() => new Verb("schema", "Print the JSON Schema of policy.yaml, for editors.", "signalbox policy schema > policy.schema.json").Does(session =>
    {
        session.Out.Write(PolicySchema.Text());
        return Task.FromResult(ExitCode.Yes);
    });

    private static async Task<int> SendAsync(Session session, bool record)
    {
        var path = session.Get(From)!;
        var text = Read(path);
        var read = PolicyReader.Read(text, path, zone => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _));
        if (read.Policy is null) throw new SignalboxException(ExitCode.No, read.Findings);
        using var client = session.Connect();
        var set = await client.SetPolicyAsync(session.Get(Scope)!, text, record, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(set, ApiJson.Default.PolicySetView);
        else Say(session, set, record);
        return set.Waits || (!record && set.Changes.IsWeaker()) ? ExitCode.No : ExitCode.Yes;
    }

    private static void Say(Session session, PolicySetView set, bool record)
    {
        foreach (var change in set.Changes)
            session.Out.WriteLine($"  {Line(change)}");
        if (set.Unchanged) session.Out.WriteLine($"{set.Scope} has this policy already");
        else if (!record) session.Out.WriteLine(set.Changes.IsWeaker() ? "it weakens" : "it weakens nothing");
        else if (set.Waits) session.Out.WriteLine($"it weakens, so it waits for somebody else: signalbox policy approve {set.Scope} {set.Digest}");
        else session.Out.WriteLine($"{set.Scope} has the policy {set.Digest} now");
    }

    private static byte[] Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var buffer = new byte[(256 << 10) + 1];
            return buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("policy-unreadable", $"the policy cannot be read: {e.Message.TrimEnd('.')}", new(path), "signalbox policy schema"));
        }
    }

    private static string InForce(PolicyView policy) => policy.Digest.Length == 0
        ? $"# {policy.Scope}: no policy of its own is in force\n"
        : $"# {policy.Scope}: {policy.Digest}, set by {policy.By} at {policy.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC\n";

    /// <summary>What the line approves stands under it, so that nobody approves what they have not seen.</summary>
    private static string Waiting(PolicyView policy)
    {
        if (policy.Proposed is not { } digest) return "";
        var changes = string.Concat((policy.ProposedChanges ?? []).Select(change => $"#   {Line(change)}\n"));
        var text = string.Concat((policy.ProposedText ?? "").TrimEnd().Split('\n').Select(line => $"#   | {line.TrimEnd()}\n"));
        return $"# {digest}, proposed by {policy.ProposedBy}, waits: signalbox policy approve {policy.Scope} {digest}\n{changes}{text}";
    }

    private static string Line(PolicyChange change) =>
        $"{change.Direction.ToString().ToLowerInvariant(),-8} {change.What}: {(change.Before.Length > 0 ? change.Before : "nothing")} -> {(change.After.Length > 0 ? change.After : "nothing")}";
}
