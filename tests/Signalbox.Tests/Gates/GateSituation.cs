using System.Text;
using Signalbox.Delivery;
using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

/// <summary>A release as one gate finds it, and all that the gate says of it.</summary>
/// <param name="Title">What is so, in the words of who reads the golden file.</param>
/// <param name="Policy">The policy's body, below its first line.</param>
/// <param name="Make">Brings evidence and changes the release, which has neither evidence nor hooks before.</param>
internal sealed record GateSituation(string Title, string Policy, Action<GateFixture> Make)
{
    /// <summary>The verdict and every line: its words, its help, and the names of the evidence that it is about.</summary>
    public string Told(string gate)
    {
        var release = new GateFixture($"apiVersion: signalbox-policy/v1\n{Policy}\n");
        Make(release);
        var result = release.Decide().Of(gate);
        var text = new StringBuilder().Append("# ").Append(Title).Append('\n').Append(Policy.Replace(GateFixture.Key.Value, "KEY", StringComparison.Ordinal).Replace(GateFixture.Other.Value, "OTHER", StringComparison.Ordinal)).Append('\n');
        text.Append(Word(result.Verdict)).Append(result.HandTo is null ? "" : $", handed to {result.HandTo}").Append('\n');
        foreach (var line in result.Lines)
        {
            text.Append("  ").Append(Word(line.Verdict)).Append(' ').Append(line.Id).Append(": ").Append(line.Text).Append('\n');
            if (line.Help is not null) text.Append("    help: ").Append(line.Help).Append('\n');
            if (line.Evidence.Count > 0) text.Append("    evidence: ").AppendJoin(", ", line.Evidence.Select(id => release.Items.First(item => item.Record.Id == id).Record.Source.Where)).Append('\n');
        }
        return text.Append('\n').ToString();
    }

    private static string Word(GateVerdict verdict) => verdict.ToString().ToLowerInvariant();
}

/// <summary>Ways to change the release that a gate is asked about.</summary>
internal static class GateChanges
{
    public static void Service(this GateFixture release, Func<ServiceConfiguration, ServiceConfiguration> change) =>
        release.Configuration = release.Configuration with { Services = [.. release.Configuration.Services.Select(change)] };

    public static void Services(this GateFixture release, params ServiceConfiguration[] services) => release.Configuration = release.Configuration with { Services = services };

    /// <summary>A second service with an artifact of its own.</summary>
    public static void Second(this GateFixture release)
    {
        var web = release.Configuration.Services[0];
        release.Services(web, web with { Name = "api", Listen = new("127.0.0.1", 81) });
        release.Artifacts = new Dictionary<string, Digest> { ["web"] = GateFixture.Artifact, ["api"] = GateFixture.Other };
    }

    public static Hook Hook(params string[] command) => new(command, TimeSpan.FromSeconds(1), true);
}
