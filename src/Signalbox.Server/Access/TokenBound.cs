namespace Signalbox.Server.Access;

/// <summary>What a token is for beside its scopes: one application, one environment, or one of both. Null is any.</summary>
internal sealed record TokenBound(string? Application, string? Environment)
{
    public static TokenBound None { get; } = new(null, null);

    public bool IsNone => Application is null && Environment is null;

    /// <param name="application">Whose the thing is; null where it is no one application's.</param>
    /// <param name="environment">Null where it is in no environment: then the application alone decides.</param>
    public bool Covers(string? application, string? environment) =>
        (Application is null || Application == application) && (Environment is null || environment is null || Environment == environment);

    /// <summary>Whether it may speak for a policy: an environment's is every application's, and the one for all is every environment's.</summary>
    /// <param name="scope"><c>production</c>, <c>shop/production</c> or <c>*</c>.</param>
    public bool CoversPolicy(string scope) =>
        scope.Split('/') is [var application, var environment] ? Covers(application, environment) : Application is null && (Environment is null || Environment == scope);

    public override string ToString() => (Application, Environment) switch
    {
        (null, null) => "everything",
        ({ } application, null) => $"application {application}",
        (null, { } environment) => $"environment {environment}",
        var (application, environment) => $"{application}/{environment}",
    };
}
