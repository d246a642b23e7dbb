//! Networks of people, media, maps, weather, travel.

use super::shape::Class::{
    Alphanumeric, Base64, Digit, Escaped, Hex, LowerHex, PaddedUrl, Printable, Url,
};
use super::shape::Part::{AtLeast, Between, Exactly, OneOf, Text, Uuid};
use super::{Format, Service, key, service};

/// Keys with a prefix or a mark inside. For the sources see the parent module.
pub(super) static FORMATS: &[Format] = &[
    key("facebook-page-access-token", "EAAM", &[AtLeast(Alphanumeric, 100)]),
    key("facebook-page-access-token", "EAAC", &[AtLeast(Alphanumeric, 100)]),
    key("instagram-access-token", "IGQV", &[AtLeast(Alphanumeric, 100)]),
    key("instagram-access-token", "IGAA", &[AtLeast(Alphanumeric, 100)]),
    key("pinterest-access-token", "pina_", &[Between(Alphanumeric, 60, 120)]),
    key("vk-access-token", "vk1.a.", &[AtLeast(Url, 80)]),
    key("riot-api-key", "RGAPI-", &[Uuid]),
    // `{"u":"` in base 64.
    key("mapbox-secret-token", "sk.eyJ1Ijoi", &[Between(Url, 30, 80), Text("."), Exactly(Url, 22)]),
    key("mapbox-api-token", "pk.eyJ1Ijoi", &[Between(Url, 30, 80), Text("."), Exactly(Url, 22)]),
    key("foursquare-api-key", "fsq3", &[Exactly(Base64, 44)]),
    key("ebay-access-token", "v^1.1#", &[AtLeast(Printable, 100)]),
    key(
        "tiktok-access-token",
        "act.",
        &[Between(Alphanumeric, 60, 80), Text("!"), AtLeast(Alphanumeric, 4)],
    ),
];

/// Keys without a prefix.
pub(super) static SERVICES: &[Service] = &[
    service(
        &["facebook", "fb_app"],
        &[
            ("facebook-secret", &[Exactly(Hex, 32)]),
            (
                "facebook-access-token",
                &[Between(Digit, 15, 16), OneOf(&["|", "%"]), Between(Url, 27, 40)],
            ),
        ],
    ),
    service(
        &["twitter"],
        &[
            ("twitter-api-key", &[Exactly(Alphanumeric, 25)]),
            ("twitter-api-secret", &[Exactly(Alphanumeric, 50)]),
            ("twitter-access-secret", &[Exactly(Alphanumeric, 45)]),
            (
                "twitter-access-token",
                &[Between(Digit, 15, 25), Text("-"), Between(Alphanumeric, 20, 40)],
            ),
            ("twitter-bearer-token", &[Text("AAAAAAAAAAAAAAAAAAAAAA"), Between(Escaped, 80, 100)]),
        ],
    ),
    service(
        &["linkedin", "linked_in", "linked-in"],
        &[
            ("linkedin-client-id", &[Exactly(Alphanumeric, 14)]),
            ("linkedin-client-secret", &[Exactly(Alphanumeric, 16)]),
        ],
    ),
    service(&["twitch"], &[("twitch-api-token", &[Exactly(Alphanumeric, 30)])]),
    service(
        &["flickr"],
        &[
            ("flickr-access-token", &[Exactly(Alphanumeric, 32)]),
            ("flickr-api-secret", &[Exactly(LowerHex, 16)]),
        ],
    ),
    service(
        &["nytimes", "new-york-times", "newyorktimes"],
        &[("nytimes-access-token", &[Exactly(PaddedUrl, 32)])],
    ),
    service(
        &["mapbox"],
        &[(
            "mapbox-api-token",
            &[Text("pk."), Exactly(Alphanumeric, 60), Text("."), Exactly(Alphanumeric, 22)],
        )],
    ),
    service(&["tiktok"], &[("tiktok-client-secret", &[Exactly(Alphanumeric, 32)])]),
    service(
        &["reddit"],
        &[
            ("reddit-client-secret", &[Exactly(Url, 27)]),
            ("reddit-client-secret", &[Exactly(Url, 30)]),
        ],
    ),
    service(&["spotify"], &[("spotify-client-secret", &[Exactly(LowerHex, 32)])]),
    service(&["soundcloud"], &[("soundcloud-client-secret", &[Exactly(Alphanumeric, 32)])]),
    service(&["imgur"], &[("imgur-client-secret", &[Exactly(LowerHex, 40)])]),
    service(&["tumblr"], &[("tumblr-consumer-secret", &[Exactly(Alphanumeric, 50)])]),
    service(&["strava"], &[("strava-client-secret", &[Exactly(LowerHex, 40)])]),
    service(&["unsplash"], &[("unsplash-access-key", &[Exactly(Url, 43)])]),
    service(&["giphy"], &[("giphy-api-key", &[Exactly(Alphanumeric, 32)])]),
    service(&["bitly"], &[("bitly-access-token", &[Exactly(LowerHex, 40)])]),
    service(&["yelp"], &[("yelp-api-key", &[Exactly(Url, 128)])]),
    service(&["steam"], &[("steam-web-api-key", &[Exactly(Hex, 32)])]),
    service(&["openweather", "owm_"], &[("openweather-api-key", &[Exactly(LowerHex, 32)])]),
    service(&["accuweather"], &[("accuweather-api-key", &[Exactly(Alphanumeric, 32)])]),
    service(&["tomtom"], &[("tomtom-api-key", &[Exactly(Alphanumeric, 32)])]),
    service(&["opencage"], &[("opencage-api-key", &[Exactly(LowerHex, 32)])]),
    service(&["newsapi", "news_api"], &[("newsapi-api-key", &[Exactly(LowerHex, 32)])]),
    service(&["guardian"], &[("guardian-api-key", &[Uuid])]),
    service(&["lastfm", "last_fm"], &[("lastfm-api-secret", &[Exactly(LowerHex, 32)])]),
    service(&["tmdb"], &[("tmdb-api-key", &[Exactly(LowerHex, 32)])]),
    service(&["amadeus"], &[("amadeus-api-key", &[Exactly(Alphanumeric, 32)])]),
    service(&["uber_"], &[("uber-client-secret", &[Exactly(Url, 40)])]),
    service(&["youtube"], &[("youtube-api-key", &[Text("AIza"), Exactly(Url, 35)])]),
    service(&["kakao"], &[("kakao-rest-api-key", &[Exactly(LowerHex, 32)])]),
    service(&["naver"], &[("naver-client-secret", &[Exactly(Alphanumeric, 10)])]),
    service(&["disqus"], &[("disqus-api-secret", &[Exactly(Alphanumeric, 64)])]),
    service(&["vimeo"], &[("vimeo-access-token", &[Exactly(LowerHex, 32)])]),
    service(
        &["battlenet", "blizzard"],
        &[("blizzard-client-secret", &[Exactly(Alphanumeric, 32)])],
    ),
    service(&["roblox"], &[("roblox-api-key", &[Between(Base64, 48, 64)])]),
];
