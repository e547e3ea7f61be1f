using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>What a Role or ClusterRole allows, and what a binding gives away.</summary>
internal static class RbacRole
{
    private const string Group = "rbac.authorization.k8s.io";

    public static bool IsRole(KubernetesObject target) => target.Kind is "Role" or "ClusterRole" && target.Group is Group or "authorization.openshift.io";

    public static bool IsBinding(KubernetesObject target) => target.Kind is "RoleBinding" or "ClusterRoleBinding" && target.Group is Group or "authorization.openshift.io";

    /// <summary>Roles and bindings that come with Kubernetes itself.</summary>
    public static bool IsBuiltIn(string name) =>
        name is "cluster-admin" or "admin" or "edit" or "view" or "gce:podsecuritypolicy:calico-sa" || name.StartsWith("system:", StringComparison.Ordinal);

    public static IEnumerable<YamlMapping> Rules(KubernetesObject role) => role.Root.Get("rules").Items().OfType<YamlMapping>();

    /// <summary>Whether one of a rule's lists names one of some values; <c>*</c> names all.</summary>
    public static bool Names(YamlMapping rule, string list, params ReadOnlySpan<string> values)
    {
        foreach (var item in rule.Get(list).Items())
            if (item.Text() is { } text && (text == "*" || values.Contains(text))) return true;
        return false;
    }

    /// <summary>Whether a rule names <c>*</c> itself in a list.</summary>
    public static bool HasWildcard(YamlMapping rule, string list) => rule.Get(list).Items().Any(i => i.Text() == "*");

    /// <summary>Exec and attach to pods: a GET that upgrades is enough.</summary>
    public static bool AllowsExec(YamlMapping rule) =>
        Names(rule, "apiGroups", "") && Names(rule, "resources", "pods/exec", "pods/attach", "pods/*") && Names(rule, "verbs", "get", "create");

    /// <summary>Everything on everything.</summary>
    public static bool AllowsAll(YamlMapping rule) => HasWildcard(rule, "apiGroups") && HasWildcard(rule, "resources") && (HasWildcard(rule, "verbs") || s_verbs.All(v => Names(rule, "verbs", v)));

    /// <summary>How a finding counts that only spells out what a wildcard for everything says already: `wildcard-rbac-rule` carries it.</summary>
    public static Level? Folded(YamlMapping rule) => AllowsAll(rule) ? Level.Pedantic : null;

    /// <summary>The roles that a binding refers to, as far as manifests declare them.</summary>
    public static IEnumerable<Located<KubernetesObject>> Bound(Cluster cluster, KubernetesObject binding)
    {
        var (kind, name) = (binding.Root.Get("roleRef").Text("kind"), binding.Root.Get("roleRef").Text("name"));
        return Neighbours.Nearest(binding, cluster.OfKind(kind ?? "").Where(r => r.Document.Name == name && (kind == "ClusterRole" || r.Document.SharesNamespace(binding))), r => r);
    }

    private static readonly string[] s_verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];
}
