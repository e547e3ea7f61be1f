using Signalbox.Delivery.Reading;
using Signalbox.Diagnostics;
using Signalbox.Yaml;

namespace Signalbox.Delivery.Policies;

/// <summary>A policy file as it was read.</summary>
/// <param name="Policy">Null where the file has errors.</param>
/// <param name="Findings">Everything that is wrong, in order.</param>
public sealed record PolicyFile(string Path, Policy? Policy, IReadOnlyList<Finding> Findings);

/// <summary>Reads policy.yaml and says everything that is wrong with it at once. Hostile text gives findings, never an exception.</summary>
public static class PolicyReader
{
    public const string ApiVersion = "signalbox-policy/v1";

    private static readonly Shape s_file = new("policy",
    [
        ("apiVersion", ApiVersion),
        ("gates", "{ coverage: enforce }"),
        ("freeze", "[{ name: weekend, from: \"Fri 18:00\", to: \"Mon 08:00\", zone: Europe/Berlin }]"),
        ("custom", "[{ name: change-ticket, command: [/usr/local/bin/check-ticket], timeout: 30s }]"),
        ("evidenceFrom", "[\"ci:shop-release\"]"),
        ("promote", "{ after: 30m }"),
    ]);

    private static readonly Shape s_promote = new("promote", [("after", "30m")]);

    private static readonly Shape s_custom = new("custom", [("name", "change-ticket"), ("mode", "enforce"), ("command", "[/usr/local/bin/check-ticket]"), ("timeout", "30s")]);

    /// <param name="name">What findings call the file.</param>
    /// <param name="knowsZone">Whether a time zone is known to this machine.</param>
    public static PolicyFile Read(ReadOnlySpan<byte> utf8, string name, Func<string, bool> knowsZone)
    {
        var document = YamlReader.Read(utf8, new(MaxBytes: PolicyLimits.MostBytes));
        var file = new FileContext(name, document.Text, "policy", "signalbox policy schema");
        foreach (var problem in document.Problems) file.Add(problem);
        var policy = document.Root is null or YamlScalar { IsNull: true } ? Nothing(file) : Policy(file, document.Root, knowsZone);
        var failed = policy is null || file.Findings.Any(finding => finding.Severity == Severity.Error);
        return new(name, failed ? null : policy, FindingOrder.Sort(file.Findings));
    }

    private static Policy? Nothing(FileContext file)
    {
        if (file.Findings.Count == 0) file.Error(DeliveryIds.Empty, "the file says nothing; expected a policy", new(1, 1, 1), $"apiVersion: {ApiVersion}");
        return null;
    }

    private static Policy? Policy(FileContext file, YamlNode root, Func<string, bool> knowsZone)
    {
        if (Section.Open(file, s_file, root, "the policy", $"apiVersion: {ApiVersion}") is not { } section) return null;
        if (!section.Has("apiVersion")) section.Missing("apiVersion");
        else section.Choice("apiVersion", 0, (ApiVersion, 0));
        var gates = section.Node("gates") is { } node ? GateRulesReader.Read(file, node, ownFile: false) : [];
        var freeze = section.List("freeze", PolicyLimits.MostWindows).Select((window, i) => FreezeReader.Read(file, window, i + 1, knowsZone)).OfType<FreezeWindow>();
        var custom = section.List("custom", PolicyLimits.MostCustom).Select((gate, i) => Custom(file, gate, i + 1)).OfType<CustomGate>().ToList();
        Unique(section, "custom", custom.Select(gate => gate.Name));
        var windows = freeze.ToList();
        Unique(section, "freeze", windows.Select(window => window.Name));
        return new(gates, windows, custom, section.Has("evidenceFrom") ? GateRulesReader.Texts(section, "evidenceFrom") : null) { Promote = Promote(section) };
    }

    private static PromoteRule? Promote(Section policy)
    {
        if (policy.Open("promote", s_promote) is not { } section) return null;
        if (!section.Has("after")) section.Missing("after");
        return new(section.Duration("after", TimeSpan.Zero, zero: true));
    }

    private static CustomGate? Custom(FileContext file, YamlNode node, int number)
    {
        if (Section.Open(file, s_custom, node, $"custom gate {number}", s_file.Line("custom")) is not { } section) return null;
        var name = DnsName.Read(section, "name");
        if (GateTable.Find(name) is not null) file.Invalid(section.Node("name")!, "name", name, "a name that no built-in gate has", "name: change-ticket");
        var mode = section.Choice("mode", GateMode.Enforce, ("off", GateMode.Off), ("warn", GateMode.Warn), ("enforce", GateMode.Enforce));
        var command = CommandReader.Read(section, "command");
        // where it is started lies the release's own artifact, which would then bring its own judge
        if (command.Count > 0 && command[0].Contains('/') && !command[0].StartsWith('/'))
            file.Invalid(section.Node("command")!, "command", command[0], "a program by its absolute path, or by a name on PATH", s_custom.Line("command"));
        var timeout = section.Duration("timeout", PolicyLimits.DefaultCommand);
        if (timeout > PolicyLimits.LongestCommand) file.Invalid(section.Node("timeout")!, "timeout", section.Text("timeout") ?? "", "at most 5m", "timeout: 30s");
        return command.Count == 0 ? null : new(name, mode, command, timeout);
    }

    private static void Unique(Section section, string key, IEnumerable<string> names)
    {
        foreach (var twice in names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            section.File.Error(DeliveryIds.DuplicateName, $"two entries of {key} are named '{YamlQuote.Short(twice.Key)}'; expected different names",
                section.Node(key)!.Span, $"name: {YamlQuote.Short(twice.Key)}-2", "give one another name");
    }
}
