using Signalbox.Api;

namespace Signalbox.Server.Http;

/// <summary>A refusal at the edge: what is answered, and how.</summary>
internal sealed class ApiException(int status, string id, string message, string? help = null) : Exception(message)
{
    public int Status { get; } = status;

    public Problem Problem { get; } = new(id, message, help);
}
