using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class InvalidTargetPortRule : Rule, IChecks<KubernetesObject>, IChecks<PodContainer>, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "invalid-target-port", "Port name or number invalid", Theme.Network, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "The service does not reach the container",
        "Name a port that the selected pods declare, by a valid name or a number from 1 to 65535")
    {
        Details = "Names are valid with 1 to 15 small letters, digits and single dashes between them, and at least one letter.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind != "Service" || target.Group.Length > 0) return;
        foreach (var port in target.Spec.Get("ports").Items())
            foreach (var key in (ReadOnlySpan<string>)["targetPort", "port"])
                if (port.Entry(key) is { } entry && entry.Value.Text() is { } text && !(key == "targetPort" ? PortNames.IsNameOrNumber(text) : PortNames.IsNumber(text)))
                    report.At(entry.Range, $"{target.Title} has {key} {YamlQuote.Short(text)}", "expected a valid name, or 1 to 65535");
    }

    public void Check(PodContainer container, Report report)
    {
        foreach (var port in container.Ports)
        {
            if (port.Entry("name") is { } name && name.Value.Text() is { } text && !PortNames.IsName(text))
                report.At(name.Range, $"{container.Title} names a port {YamlQuote.Short(text)}", "expected up to 15 small letters, digits and dashes");
            else if (port.Entry("containerPort") is { } number && number.Value.Text() is { } value && !PortNames.IsNumber(value))
                report.At(number.Range, $"{container.Title} declares port {YamlQuote.Short(value)}", "expected 1 to 65535");
        }
    }

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, service) in cluster.OfKind("Service"))
        {
            if (service.Group.Length > 0 || service.Spec.Get("selector") is not { } selector || selector.Entries().Count == 0) continue;
            var pods = cluster.SelectedByMap(selector, service).ToList();
            var containers = pods.SelectMany(p => p.Document.All).ToList();
            if (containers.Count == 0 || pods.Any(p => p.Document.Owner.IsPartial)) continue;
            foreach (var port in service.Spec.Get("ports").Items())
                if (port.Entry("targetPort") is { } entry && entry.Value.Text() is { } name && PortNames.IsName(name) && !containers.Any(c => c.Ports.Any(p => p.Text("name") == name)))
                    report.In(file, entry.Range, $"{service.Title} sends to port {YamlQuote.Short(name)}, which no selected container declares", "expected the name of a container's port");
        }
    }
}
