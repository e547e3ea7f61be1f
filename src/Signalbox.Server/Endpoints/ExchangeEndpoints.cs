using Signalbox.Api;
using Signalbox.Identities;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

/// <summary>Gives a short-lived token for the OpenID Connect token of a CI job.</summary>
internal static class ExchangeEndpoints
{
    private const string Help = "signalbox serve --identities identities.yaml   # has the rules";

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        yield return new("POST", AccessGate.ExchangePath, "exchangeToken", Scope.None, "Give a CI job a short-lived token for its OpenID Connect token, which is spent by that", request => ExchangeAsync(parts, request))
        { Body = json.ExchangeToken, Example = Examples.ExchangeToken, Status = 201, Answer = json.TokenCreated };
    }

    private static async Task ExchangeAsync(ServerParts parts, ApiRequest request)
    {
        var rules = parts.Door.Rules() ?? throw parts.Gate.Denied(request.Http, "identities-none", "this control plane lets no CI job in by its own token", Help);
        var body = await request.BodyAsync(ApiRequest.Json.ExchangeToken).ConfigureAwait(false);
        var admitted = await AdmitAsync(parts, request, ApiRequest.Required(body.Token, "token"), rules).ConfigureAwait(false);
        var expires = parts.Options.Time.GetUtcNow() + admitted.Rule.ValidFor;
        var (token, fact) = TokenRegistry.Make(admitted.Rule.Principal, admitted.Scopes, expires, PipelineDoor.Actor, admitted.Once, new(admitted.Rule.Application, admitted.Rule.Environment));
        var entry = (await parts.ControlPlane.RecordAsync([fact], request.Cancel).ConfigureAwait(false))[0];
        await request.AnswerAsync(new TokenCreated(parts.Tokens.Apply(entry)!.ToView(), token), ApiRequest.Json.TokenCreated, 201).ConfigureAwait(false);
    }

    private static async Task<Admitted> AdmitAsync(ServerParts parts, ApiRequest request, string token, IdentityRules rules)
    {
        try
        {
            return await parts.Door.AdmitAsync(token, rules, request.Cancel).ConfigureAwait(false);
        }
        catch (TokenRefusedException e)
        {
            throw parts.Gate.Denied(request.Http, "pipeline-token-refused", e.Message, Help);
        }
        catch (IssuerUnavailableException e)
        {
            throw new ApiException(503, "issuer-unavailable", e.Message, "curl ISSUER/.well-known/openid-configuration");
        }
    }
}
