using System.Text;
using Signalbox.Server.Access;
using Signalbox.Server.Http;
using Signalbox.Server.Metrics;

namespace Signalbox.Server.Endpoints;

internal static class MetricsEndpoints
{
    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        yield return new("GET", "/metrics", "getMetrics", Scope.Metrics, "Numbers for Prometheus, in its text format 0.0.4", async request =>
        {
            var text = PrometheusText.Write(await parts.Metrics.FamiliesAsync(request.Cancel).ConfigureAwait(false));
            request.Http.Response.ContentType = PrometheusText.MediaType;
            await request.Http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), request.Cancel).ConfigureAwait(false);
        })
        { AnswerMedia = "text/plain" };
    }
}
