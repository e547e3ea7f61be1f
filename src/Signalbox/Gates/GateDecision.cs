using Signalbox.Delivery.Detection;
using Signalbox.Delivery.Policies;
using Signalbox.Gates.BuiltIn;

namespace Signalbox.Gates;

/// <summary>Decides: a pure function of its inputs. Every layer is asked by itself and the worst word counts; a gate that says nothing could not decide.</summary>
public static class GateDecision
{
    private const string OwnFile = "signalbox.yaml";

    private static readonly Dictionary<string, Action<GateContext, GateRule, GateLines>> s_gates = new(StringComparer.Ordinal)
    {
        [GateTable.Signature] = SignatureGate.Ask,
        [GateTable.Provenance] = ProvenanceGate.Ask,
        [GateTable.Sbom] = SbomGate.Ask,
        [GateTable.Secrets] = SecretsGate.Ask,
        [GateTable.Health] = HealthGate.Ask,
        [GateTable.Rollback] = RollbackGate.Ask,
        [GateTable.Coverage] = CoverageGate.Ask,
        [GateTable.Tests] = TestsGate.Ask,
        [GateTable.Vulnerabilities] = VulnerabilitiesGate.Ask,
        [GateTable.Sast] = SastGate.Ask,
        [GateTable.Slo] = SloGate.Ask,
        [GateTable.Alerts] = AlertsGate.Ask,
        [GateTable.SelfService] = SelfServiceGate.Ask,
        [GateTable.Freshness] = FreshnessGate.Ask,
        [GateTable.Promotion] = PromotionGate.Ask,
        [GateTable.Approval] = ApprovalGate.Ask,
        [GateTable.Commands] = CommandsGate.Ask,
    };

    public static GateReport Decide(GateInputs inputs)
    {
        var results = inputs.Layers.SelectMany(layer => Layer(inputs, layer)).Concat(Own(inputs)).ToList();
        // no layer at all is no permission
        var verdict = results.Count == 0 ? GateVerdict.Undecided : results.Where(result => result.Stops).Select(result => result.Verdict).DefaultIfEmpty(GateVerdict.Allow).Max();
        return new(inputs.Release.Id, inputs.Release.Environment, verdict, inputs.At, results);
    }

    private static IEnumerable<GateResult> Layer(GateInputs inputs, PolicyLayer layer) => layer.Policy is { } policy
        ? Layer(new GateContext(inputs, policy.EvidenceFrom, policy.Rule), layer.Name, policy)
        : [Unreadable(layer)];

    private static IEnumerable<GateResult> Layer(GateContext context, string name, Policy policy)
    {
        foreach (var shape in GateTable.All)
            if (policy.Rule(shape.Name) is { Mode: not GateMode.Off } rule && IsAsked(context, shape.Name))
                yield return shape.Name == GateTable.Freeze
                    ? Ask(context, name, rule, lines => FreezeGate.Ask(context, policy.Freeze, lines))
                    : Ask(context, name, rule, lines => s_gates[shape.Name](context, rule, lines));
        foreach (var custom in policy.Custom.Where(gate => gate.Mode != GateMode.Off))
            yield return CustomCommandGate.Ask(context, name, custom);
    }

    private static GateResult Unreadable(PolicyLayer layer)
    {
        var lines = new GateLines();
        lines.Undecided("gate-policy-unreadable", $"the {layer.Name} cannot be read by this version, so what it demands is not known", $"signalbox policy show {Scope(layer.Name)}   # a newer version set it: run that version, or set it anew with signalbox policy set");
        return lines.ToResult("policy", layer.Name, GateMode.Enforce, null, null);
    }

    /// <summary>"policy of production" is of production.</summary>
    private static string Scope(string layer) => Words.Quote(layer[(layer.LastIndexOf(' ') + 1)..]);

    /// <summary>What the release demands of itself is asked beside its environment's policy, never in its place.</summary>
    private static IEnumerable<GateResult> Own(GateInputs inputs)
    {
        var context = new GateContext(inputs, null, (Policy.Default with { Gates = inputs.Release.Configuration.Gates ?? [] }).Rule);
        foreach (var rule in inputs.Release.Configuration.Gates ?? [])
            if (rule.Mode != GateMode.Off && IsAsked(context, rule.Gate) && s_gates.TryGetValue(rule.Gate, out var ask))
                yield return Ask(context, OwnFile, rule, lines => ask(context, rule, lines));
    }

    /// <summary>Decisions of versions before there was a path are made again as they were.</summary>
    private static bool IsAsked(GateContext context, string gate) => gate != GateTable.Promotion || context.Inputs.Path is not null;

    private static GateResult Ask(GateContext context, string layer, GateRule rule, Action<GateLines> ask)
    {
        var lines = new GateLines();
        ask(lines);
        if (lines.IsEmpty) lines.Undecided("gate-silent", $"{rule.Gate} said nothing, so nothing is known", $"signalbox gates explain {context.Release.Id}   # a fault of the gate: report it with what this says");
        return lines.ToResult(rule.Gate, layer, rule.Mode, context.HandTo(rule.Shape.Role), rule.Place);
    }
}
