using Signalbox.Audit.Rules;

namespace Signalbox.Audit;

/// <summary>Every rule there is. Each theme keeps its own list beside its rules.</summary>
internal static class RuleTable
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        .. InjectionRules.All, .. TriggersRules.All, .. PermissionsRules.All, .. SecretsRules.All, .. SupplyChainRules.All, .. RunnersRules.All,
        .. DeliveryRules.All, .. ArtifactIntegrityRules.All, .. HealthRules.All, .. RolloutRules.All, .. ProgressiveDeliveryRules.All, .. GitOpsRules.All,
        .. ResourcesRules.All, .. SecurityContextRules.All, .. RbacRules.All, .. KubernetesSecretsRules.All, .. NetworkRules.All, .. ImageRules.All, .. DockerfileRules.All,
    ];

    public static Rule? Find(string id) => s_byId.GetValueOrDefault(id);

    private static readonly Dictionary<string, Rule> s_byId = All.ToDictionary(r => r.Info.Id, StringComparer.Ordinal);

    /// <summary>What a finding's name stands for: a rule, or a notice of the audit about itself.</summary>
    public static RuleInfo? Describe(string id) => Find(id)?.Info ?? Notices.All.FirstOrDefault(n => n.Id == id);

    /// <summary>The rule that a mistyped name was meant to be; null where none is near.</summary>
    private static string? Nearest(string id) => Delivery.Reading.Spelling.Nearest(id, All.Select(r => r.Info.Id));

    /// <summary>What is said of a name that no rule has.</summary>
    public static string Unknown(string id) => $"there is no rule '{id}'{(Nearest(id) is { } meant ? $"; did you mean '{meant}'?" : "")}";

    /// <summary>The line to paste then.</summary>
    public static string HelpFor(string id) => Nearest(id) is { } meant ? $"signalbox explain {meant}" : "signalbox explain --help";
}
