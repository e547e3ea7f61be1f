using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ClusterAdminBindingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "cluster-admin-binding", "Binding to cluster-admin", Theme.Rbac, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "Everything in the cluster for one subject",
        "Bind a role with the few rights that are needed")
    {
        Details = "Also a binding to a role of one's own that allows everything on everything; that is shown to `--persona pedantic`, for the role itself is `wildcard-rbac-rule`.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, binding) in cluster.OfKinds("ClusterRoleBinding", "RoleBinding"))
        {
            if (!RbacRole.IsBinding(binding) || RbacRole.IsBuiltIn(binding.Name)) continue;
            var role = binding.Root.Get("roleRef");
            var all = role.Text("kind") == "ClusterRole" && role.Text("name") == "cluster-admin";
            if (all || RbacRole.Bound(cluster, binding).Any(r => RbacRole.Rules(r.Document).Any(RbacRole.AllowsAll)))
                report.In(file, binding.Root.Entry("roleRef")?.Range ?? binding.Range, $"{binding.Title} gives {(all ? "cluster-admin" : $"'{YamlQuote.Short(role.Text("name") ?? "")}', which may do everything,")} away", "expected a narrower role",
                    level: all ? null : Level.Pedantic);
        }
    }
}
