using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

/// <summary>The program itself, for jobs that are to speak with it: whoever fetches it holds it against a digest that a person set down.</summary>
internal static class ProgramEndpoints
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    /// <summary>Bytes a second below which a reader is let go: it would keep others out.</summary>
    private const int Slowest = 256 << 10;

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var program = parts.Options.Program is { } path ? new ProgramFile(path) : null;
        yield return new("GET", AccessGate.ProgramPath, "getProgram", Scope.None, "This very program, for linux-x64; its SHA-256 is in X-Signalbox-Digest", request => SendAsync(request.Http, program))
        { AnswerMedia = "application/octet-stream" };
        yield return new("HEAD", AccessGate.ProgramPath, "hasProgram", Scope.None, "Its size and digest", request =>
        {
            using var file = Describe(request.Http, program);
            return Task.CompletedTask;
        })
        { AnswerMedia = "application/octet-stream" };
    }

    private static async Task SendAsync(HttpContext http, ProgramFile? program)
    {
        using var place = program?.Take();
        if (program is not null && place is null)
            throw new ApiException(503, "download-busy", "others fetch the program just now; expected a further try", "curl --retry 5 -fsS ADDRESS/download/signalbox -o signalbox");
        var file = Describe(http, program);
        await using (file.ConfigureAwait(false))
        {
            if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = new MinDataRate(Slowest, TimeSpan.FromSeconds(10));
            using var late = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            late.CancelAfter(s_longest);
            try
            {
                await file.CopyToAsync(http.Response.Body, 128 << 10, late.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
            {
                http.Abort();
            }
        }
    }

    private static FileStream Describe(HttpContext http, ProgramFile? program)
    {
        if (program is null)
            throw new ApiException(404, "program-none", "this control plane does not run from one native file for linux-x64, so it has none to give", "signalbox --version   # install that version by hand");
        var file = program.Open();
        var (response, digest) = (http.Response, program.Digest.Value);
        response.ContentType = "application/octet-stream";
        response.ContentLength = file.Length;
        response.Headers.ETag = $"\"{digest}\"";
        response.Headers[ReleaseEndpoints.DigestHeader] = digest;
        response.Headers.ContentDisposition = "attachment; filename=\"signalbox\"";
        return file;
    }
}
