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

    /// <summary>The rule whose name is most like a mistyped one.</summary>
    public static string Nearest(string id) => All.Select(r => r.Info.Id).MinBy(known => Distance(known, id))!;

    // Levenshtein's distance; both words are short
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
