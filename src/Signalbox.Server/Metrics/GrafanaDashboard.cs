using System.Text.Json.Nodes;

namespace Signalbox.Server.Metrics;

/// <summary>A Grafana dashboard over the metrics, as data: import it, or lay it where Grafana provisions from.</summary>
public static class GrafanaDashboard
{
    private const string Of = "application=~\"$application\", environment=~\"$environment\"";

    /// <summary>Title, unit in Grafana's words, and queries with their legends.</summary>
    private static readonly (string Title, string Unit, (string Expr, string Legend)[] Queries)[] s_panels =
    [
        ("Deployment frequency", "none", [($"signalbox_dora_deployment_frequency_per_day{{{Of}}}", "{{application}}/{{environment}} a day")]),
        ("Change lead time", "s", [($"signalbox_dora_change_lead_time_seconds{{{Of}}}", "{{application}}/{{environment}}")]),
        ("Change failure rate", "percentunit", [($"signalbox_dora_change_failure_ratio{{{Of}}}", "{{application}}/{{environment}}")]),
        ("Failed deployment recovery time", "s", [($"signalbox_dora_recovery_time_seconds{{{Of}}}", "{{application}}/{{environment}}")]),
        ("Deployment rework rate", "percentunit", [($"signalbox_dora_rework_ratio{{{Of}}}", "{{application}}/{{environment}}")]),
        ("Principles", "percentunit", [($"signalbox_principle_ratio{{{Of}}}", "{{application}}/{{environment}} {{principle}}")]),
        ("Requests", "reqps", [($"sum by (application, environment, service, role) (rate(signalbox_requests_total{{{Of}}}[$__rate_interval]))", "{{application}} {{service}} {{role}}")]),
        ("Bad requests", "percentunit",
            [($"sum by (application, environment, service, role) (rate(signalbox_bad_requests_total{{{Of}}}[$__rate_interval])) / sum by (application, environment, service, role) (rate(signalbox_requests_total{{{Of}}}[$__rate_interval]))", "{{application}} {{service}} {{role}}")]),
        ("Weight", "percentunit", [($"signalbox_weight_ratio{{{Of}}}", "{{application}} {{service}} {{role}}")]),
        ("Instances ready", "none", [($"signalbox_instances_ready{{{Of}}}", "{{application}} {{service}} {{role}}"), ($"signalbox_instances_desired{{{Of}}}", "{{application}} {{service}} {{role}} desired")]),
        ("Judge: evidence against the canary", "none", [($"signalbox_judge_log_evidence{{{Of}}}", "{{application}} {{service}}"), ($"signalbox_judge_log_evidence_boundary{{{Of}}}", "taken back at")]),
        ("Judge: evidence for the canary", "none", [($"signalbox_judge_log_advance{{{Of}}}", "{{application}} {{service}}"), ($"signalbox_judge_log_advance_boundary{{{Of}}}", "advances at")]),
        ("Rollouts by phase", "none", [("signalbox_rollouts", "{{phase}}")]),
        ("Rollouts that ended, a day", "none", [($"sum by (outcome, kind) (increase(signalbox_rollouts_ended_total{{{Of}}}[1d]))", "{{kind}} {{outcome}}")]),
        ("What the gates said, a day", "none", [("sum by (gate, verdict) (increase(signalbox_gate_verdicts_total[1d]))", "{{gate}} {{verdict}}")]),
        ("Control plane", "none", [("signalbox_host_connected", "host connected"), ("signalbox_warnings", "warnings"), ("sum(signalbox_notifications_pending)", "notifications pending")]),
    ];

    /// <summary>The queries alone, for whoever checks them.</summary>
    public static IEnumerable<string> Queries => s_panels.SelectMany(panel => panel.Queries).Select(query => query.Expr);

    public static string Write() => new JsonObject
    {
        ["uid"] = "signalbox",
        ["title"] = "Signalbox",
        ["tags"] = new JsonArray("signalbox"),
        ["timezone"] = "utc",
        ["schemaVersion"] = 39,
        ["version"] = 1,
        ["refresh"] = "30s",
        ["time"] = new JsonObject { ["from"] = "now-24h", ["to"] = "now" },
        ["templating"] = new JsonObject { ["list"] = new JsonArray(DataSource(), Variable("application"), Variable("environment")) },
        ["panels"] = new JsonArray([.. s_panels.Select((panel, i) => Panel(panel.Title, panel.Unit, panel.Queries, i))]),
    }.ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";

    private static JsonObject DataSource() => new JsonObject { ["name"] = "datasource", ["type"] = "datasource", ["query"] = "prometheus" };

    private static JsonObject Variable(string label) => new JsonObject
    {
        ["name"] = label,
        ["type"] = "query",
        ["datasource"] = Source(),
        ["query"] = $"label_values(signalbox_weight_ratio, {label})",
        ["refresh"] = 2,
        ["includeAll"] = true,
        ["multi"] = true,
        ["allValue"] = ".*",
    };

    private static JsonObject Source() => new() { ["type"] = "prometheus", ["uid"] = "${datasource}" };

    /// <summary>Three in a row of Grafana's 24 columns.</summary>
    private static JsonObject Panel(string title, string unit, (string Expr, string Legend)[] queries, int place) => new JsonObject
    {
        ["id"] = place + 1,
        ["title"] = title,
        ["type"] = "timeseries",
        ["datasource"] = Source(),
        ["gridPos"] = new JsonObject { ["h"] = 8, ["w"] = 8, ["x"] = place % 3 * 8, ["y"] = place / 3 * 8 },
        ["fieldConfig"] = new JsonObject { ["defaults"] = new JsonObject { ["unit"] = unit }, ["overrides"] = new JsonArray() },
        ["targets"] = new JsonArray([.. queries.Select((query, i) => (JsonNode)new JsonObject
        {
            ["refId"] = ((char)('A' + i)).ToString(),
            ["datasource"] = Source(),
            ["expr"] = query.Expr,
            ["legendFormat"] = query.Legend,
        })]),
    };
}
