using Signalbox.Dora;
using Signalbox.Ledger;
using Signalbox.Server.Access;
using Signalbox.Server.Http;
using Signalbox.Server.Metrics;
using Signalbox.Server.Notifying;

namespace Signalbox.Server.Endpoints;

/// <summary>What the handlers work on.</summary>
internal sealed record ServerParts(
    ServeOptions Options, IControlPlane ControlPlane, LedgerFeed Ledger, ILedgerCheckpoints Checkpoints, LedgerKey Key,
    TokenRegistry Tokens, PipelineDoor Door, GateDesk Desk, DoraBook Dora, ReportDesk Reports, MetricsSource Metrics, NotifyEngine Notify, Sessions Sessions, AccessGate Gate, Action Stop, CancellationToken Stopping)
{
    /// <summary>Set once listening.</summary>
    public string Address { get; set; } = "";
}

/// <summary>Every route of the control plane.</summary>
internal static class EndpointTable
{
    public static IReadOnlyList<ApiEndpoint> Of(ServerParts parts)
    {
        List<ApiEndpoint> endpoints =
        [
            .. StatusEndpoints.Of(parts),
            .. ReleaseEndpoints.Of(parts),
            .. RolloutEndpoints.Of(parts),
            .. LedgerEndpoints.Of(parts),
            .. EvidenceEndpoints.Of(parts),
            .. GateEndpoints.Of(parts),
            .. PolicyEndpoints.Of(parts),
            .. ApprovalEndpoints.Of(parts),
            .. DoraEndpoints.Of(parts),
            .. MetricsEndpoints.Of(parts),
            .. NotifyEndpoints.Of(parts),
            .. PracticeEndpoints.Of(parts),
            .. TokenEndpoints.Of(parts),
            .. SessionEndpoints.Of(parts),
            .. ExchangeEndpoints.Of(parts),
            .. PageEndpoints.Of(parts),
            .. ProgramEndpoints.Of(parts),
        ];
        var document = new Lazy<byte[]>(() => OpenApiDocument.Write(endpoints, parts.Options.Version));
        endpoints.Add(new("GET", "/openapi.json", "getOpenApi", Scope.Read, "This document", async request =>
        {
            request.Http.Response.ContentType = "application/json";
            await request.Http.Response.Body.WriteAsync(document.Value, request.Cancel).ConfigureAwait(false);
        })
        { Reach = Reach.Nobodys });
        return endpoints;
    }
}

/// <summary>Parameters that more than one route has.</summary>
internal static class Parameters
{
    public static readonly Parameter Application = new("application", "path", "string", "application name", Required: true);
    public static readonly Parameter Environment = new("environment", "path", "string", "environment name", Required: true);
    public static readonly Parameter OfApplication = new("application", "query", "string", "only this application");
    public static readonly Parameter OfEnvironment = new("environment", "query", "string", "only this environment");
    public static readonly Parameter Limit = new("limit", "query", "integer", "at most this many; default 50, most 1000");
    public static readonly Parameter Id = new("id", "path", "string", "its id", Required: true);
}
