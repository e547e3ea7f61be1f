using Signalbox.Api;
using Signalbox.Gates;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

internal static class TokenEndpoints
{
    /// <summary>A leaked token should not outlive the people who remember it.</summary>
    private static readonly TimeSpan MostValidFor = TimeSpan.FromDays(366);

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        yield return new("GET", "/api/v1/tokens", "listTokens", Scope.Admin, "Tokens in force; never the tokens themselves", request =>
            request.AnswerAsync(parts.Tokens.List(), json.IReadOnlyListTokenView))
        { Answer = json.IReadOnlyListTokenView };

        yield return new("POST", "/api/v1/tokens", "createToken", Scope.Admin, "Make a token; it is shown once", request => CreateAsync(parts, request))
        { Body = json.CreateToken, Example = Examples.CreateToken, Status = 201, Answer = json.TokenCreated };

        yield return new("DELETE", "/api/v1/tokens/{id}", "revokeToken", Scope.Admin, "Revoke a token at once", request => RevokeAsync(parts, request))
        { Parameters = [Parameters.Id], Status = 204 };

        yield return new("POST", "/api/v1/login-links", "createLoginLink", Scope.Admin, "A link that opens the page once, within 5 minutes", request =>
        {
            // a session that could make links could outlive its own end
            if (request.Caller.ByCookie) throw new ApiException(403, "token-needed", "a login link is made with a token, not with a session");
            var (code, expires) = parts.Sessions.NewCode(request.Caller.TokenId);
            return request.AnswerAsync(new LoginLink($"{parts.Address}/login?code={code}", expires), json.LoginLink, 201);
        })
        { Status = 201, Answer = json.LoginLink };
    }

    private static async Task CreateAsync(ServerParts parts, ApiRequest request)
    {
        var body = await request.BodyAsync(ApiRequest.Json.CreateToken).ConfigureAwait(false);
        CheckPrincipal(ApiRequest.Required(body.Principal, "principal"));
        if (!Scopes.TryParse(ApiRequest.Required(body.Scopes, "scopes"), out var scopes))
            throw new ApiException(400, "scope-unknown", $"scopes are {string.Join(", ", body.Scopes)}; expected some of {Scopes.All}");
        if (body.ValidFor <= TimeSpan.Zero || body.ValidFor > MostValidFor)
            throw new ApiException(400, "validity-out-of-range", $"validFor is {body.ValidFor}; expected up to {MostValidFor.Days} days, as d.hh:mm:ss");
        var expires = parts.Options.Time.GetUtcNow() + body.ValidFor;
        var (token, fact) = TokenRegistry.Make(body.Principal, scopes, expires, request.Principal, bound: Bound(body, scopes));
        var entry = (await parts.ControlPlane.RecordAsync([fact], request.Cancel).ConfigureAwait(false))[0];
        var view = parts.Tokens.Apply(entry)!.ToView();
        await request.AnswerAsync(new TokenCreated(view, token), ApiRequest.Json.TokenCreated, 201).ConfigureAwait(false);
    }

    private static TokenBound Bound(CreateToken body, Scope scopes)
    {
        foreach (var (what, name) in new[] { ("application", body.Application), ("environment", body.Environment) })
            if (name is not null && (name.Contains('/', StringComparison.Ordinal) || !PolicyBook.IsNamed(name))) throw new ApiException(400, $"{what}-invalid", $"{what} is '{(name.Length > 80 ? name[..80] : name)}'; expected a name of lower-case letters, digits and dashes", "signalbox status");
        var bound = new TokenBound(body.Application, body.Environment);
        // what these may is not divided by application
        if (!bound.IsNone && (scopes & (Scope.Admin | Scope.Metrics)) != 0)
            throw new ApiException(400, "token-bound-scope", $"{string.Join(" and ", (scopes & (Scope.Admin | Scope.Metrics)).ToNames())} is for all applications; expected other scopes for {bound}", "signalbox token create PRINCIPAL --scope deployer --app APPLICATION");
        return bound;
    }

    private static async Task RevokeAsync(ServerParts parts, ApiRequest request)
    {
        var id = request.Route("id");
        ApiRequest.Found(parts.Tokens.ById(id), "token", id);
        foreach (var entry in await parts.ControlPlane.RecordAsync([TokenRegistry.Revoke(id, request.Principal)], request.Cancel).ConfigureAwait(false))
            parts.Tokens.Apply(entry);
        request.Http.Response.StatusCode = 204;
    }

    private static void CheckPrincipal(string principal)
    {
        var valid = principal.Length <= 64 && principal.All(c => char.IsAsciiLetterOrDigit(c) || ":._@/-".Contains(c, StringComparison.Ordinal));
        if (!valid || principal.StartsWith("system:", StringComparison.OrdinalIgnoreCase))
            throw new ApiException(400, "principal-invalid", "a principal has up to 64 letters, digits and :._@/- and does not begin with system:, which is Signalbox itself");
    }
}
