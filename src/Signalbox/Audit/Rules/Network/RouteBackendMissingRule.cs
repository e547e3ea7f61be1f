using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RouteBackendMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "route-backend-missing", "Ingress or gateway backend not found", Theme.Network, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "The route answers with an error",
        "Point the route at a Service of its namespace, and at a port that it has")
    {
        Details = "Backends of Ingress, HTTPRoute, GRPCRoute, TLSRoute, TCPRoute and UDPRoute. Where no Service is declared beside it (in its chart or kustomization, its folder or one above or below), they may be made elsewhere: shown to `--persona pedantic`.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var kind in RouteBackends.Kinds)
            foreach (var (file, route) in cluster.OfKind(kind))
                foreach (var backend in RouteBackends.Of(route))
                    Check(cluster, file, route, backend, report);
    }

    private static void Check(Cluster cluster, SourceFile file, KubernetesObject route, RouteBackend backend, Report report)
    {
        if (backend.OldField)
        {
            report.In(file, backend.Place.Range, $"{route.Title} names its backend in serviceName, which {route.ApiVersion} does not have", "expected service.name and service.port");
            return;
        }
        var services = cluster.Named("Service", backend.Name, backend.Namespace, route).Where(s => s.Document.Group.Length == 0).ToList();
        if (services.Count == 0)
            report.In(file, backend.Place.Range, $"{route.Title} leads to service '{YamlQuote.Short(backend.Name)}', which no manifest declares", "expected a Service of its namespace",
                level: cluster.Declares("Service", route) ? null : Level.Pedantic);
        else if (backend.Port is { } port && services.All(s => !s.Document.IsPartial && s.Document.Spec.Get("ports").Items().Count > 0 && !HasPort(s.Document, port)))
            report.In(file, backend.Place.Range, $"{route.Title} leads to port {YamlQuote.Short(port)} of service '{YamlQuote.Short(backend.Name)}', which it does not have", "expected one of its ports");
    }

    private static bool HasPort(KubernetesObject service, string port) => service.Spec.Get("ports").Items().Any(p => p.Text("port") == port || p.Text("name") == port);
}
