using System.CommandLine;
using Signalbox.Server.Metrics;

namespace Signalbox.Cli.Verbs;

internal static class DashboardVerb
{
    public static Command Create() => Verb.Group("dashboard", "Dashboards as data, over what /metrics shows.",
        new Verb("grafana", "Print a Grafana dashboard as JSON, to import or to provision.", "signalbox dashboard grafana > signalbox.json").Does(session =>
        {
            session.Out.Write(GrafanaDashboard.Write());
            return Task.FromResult(ExitCode.Yes);
        }));
}
