//! `FaceLibrary`: the people of the library and their pictures.

use shinsa_wire::v1::face_library_server::FaceLibrary;
use shinsa_wire::v1::get_picture_request::Which;
use shinsa_wire::v1::{
    FaceCondition, FaceSubject, GetPictureRequest, ListFacesReply, ListFacesRequest, Picture,
};
use tonic::{Request, Response, Status};

use crate::{Bench, library};

#[tonic::async_trait]
impl FaceLibrary for Bench {
    async fn list_faces(
        &self,
        _: Request<ListFacesRequest>,
    ) -> Result<Response<ListFacesReply>, Status> {
        let people = tokio::task::spawn_blocking(library::subjects);
        let people = people
            .await
            .map_err(|error| Status::internal(error.to_string()))?;
        let subjects = people.iter().map(|subject| FaceSubject {
            id: library::id(subject),
            synthetic: true,
            groups: library::groups(subject).into(),
        });
        let conditions = library::CONDITIONS.map(|name| FaceCondition {
            name: name.into(),
            presentations: library::PRESENTATIONS,
        });
        Ok(Response::new(ListFacesReply {
            subjects: subjects.collect(),
            conditions: conditions.into(),
        }))
    }

    async fn get_picture(
        &self,
        request: Request<GetPictureRequest>,
    ) -> Result<Response<Picture>, Status> {
        let request = request.into_inner();
        let drawn = tokio::task::spawn_blocking(move || draw(&request));
        let picture = drawn
            .await
            .map_err(|error| Status::internal(error.to_string()))??;
        Ok(Response::new(picture))
    }
}

fn draw(request: &GetPictureRequest) -> Result<Picture, Status> {
    let people = library::subjects();
    let subject = people
        .iter()
        .find(|subject| library::id(subject) == request.subject)
        .ok_or_else(|| Status::not_found(format!("no subject {:?}", request.subject)))?;
    let (media, data) = match &request.which {
        Some(Which::Presentation(which)) => {
            let live = library::live(subject, &which.condition, which.number);
            let live = live.ok_or_else(|| {
                Status::not_found(format!(
                    "no presentation {} under {:?}",
                    which.number, which.condition
                ))
            })?;
            ("image/x-portable-pixmap", live)
        }
        Some(Which::Reference(true)) => {
            let photo = library::reference(subject)
                .map_err(|error| Status::internal(format!("{error:#}")))?;
            ("image/jp2", photo)
        }
        _ => {
            return Err(Status::invalid_argument(
                "ask for the reference or for a presentation",
            ));
        }
    };
    Ok(Picture {
        media: media.into(),
        data,
    })
}
