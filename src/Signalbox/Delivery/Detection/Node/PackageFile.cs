namespace Signalbox.Delivery.Detection.Node;

/// <summary>A package.json as detection needs it.</summary>
internal sealed record PackageFile(SourceFile File, JsonPlace Root)
{
    public JsonPlace? Script(string name) => Root["scripts"]?[name] is { Text: not null } script ? script : null;

    public JsonPlace? Dependency(string name) => Production(name) ?? Root["devDependencies"]?[name];

    public JsonPlace? Production(string name) => Root["dependencies"]?[name] ?? Root["optionalDependencies"]?[name];

    public bool IsDevelopment(string name) => Production(name) is null && Root["devDependencies"]?[name] is not null;

    public bool HasDevelopment => Root["devDependencies"]?.Members.Count > 0;

    public bool HasAny => HasDevelopment || Root["dependencies"]?.Members.Count > 0 || Root["optionalDependencies"]?.Members.Count > 0;

    public Place At(JsonPlace place) => File.Line(place.Line);

    /// <returns>Null where there is none, or one that is no JSON object.</returns>
    public static PackageFile? Read(SourceTree tree, Notes notes) =>
        tree.Read("package.json") is { } file && JsonPlaces.Read(file, notes) is { } root ? new(file, root) : null;
}
